/** Shared parts of the fronts of clients, for any protocol. */
@NullMarked
package io.offramp.proxy.client;

import org.jspecify.annotations.NullMarked;
