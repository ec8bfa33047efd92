/**
 * HTTP/2 towards servers (RFC 9113): connections that are shared by many exchanges, one stream each, over the library's
 * framing, HPACK and flow control. Rules of fields are those of package {@code http2}.
 */
@NullMarked
package io.offramp.proxy.http2.server;

import org.jspecify.annotations.NullMarked;
