/** What the fronts of clients have in common, whatever they speak. */
@NullMarked
package io.offramp.proxy.client;

import org.jspecify.annotations.NullMarked;
