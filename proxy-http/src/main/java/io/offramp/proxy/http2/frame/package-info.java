/** Frames of HTTP/2 (RFC 9113 §4), on their way in and out of one connection. Knows no requests. */
@NullMarked
package io.offramp.proxy.http2.frame;

import org.jspecify.annotations.NullMarked;
