/** A client's connection as the rest of the proxy, the admin endpoint and the logs see it. */
@NullMarked
package io.offramp.proxy.connection;

import org.jspecify.annotations.NullMarked;
