/**
 * Field lists of HTTP/2 (RFC 9113 §8), in both directions and for both sides: what HPACK decodes becomes a head in the
 * form of package {@code message}, with all rules of HTTP/2 checked; heads become lists for the HPACK encoder. Knows no
 * connection and no stream.
 */
@NullMarked
package io.offramp.proxy.http2;

import org.jspecify.annotations.NullMarked;
