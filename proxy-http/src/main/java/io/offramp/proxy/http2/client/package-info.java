/** HTTP/2 towards clients (RFC 9113): one connection, its streams, and the bounds of both. */
@NullMarked
package io.offramp.proxy.http2.client;

import org.jspecify.annotations.NullMarked;
