/**
 * HTTP/1.1 messages out of bytes (RFC 9112). A head stays the bytes that came, with an index of its parts: what only
 * passes through a proxy becomes neither object nor string. Knows no channels and no proxying. Fuzzing compares it with
 * Netty's decoder.
 *
 * <p>It is stricter than the RFC allows it to be lenient: what two parsers could read differently is refused, since a
 * request that we and an upstream split differently is a request smuggled (RFC 9112 §11.2).
 */
@NullMarked
package io.offramp.proxy.http.codec;

import org.jspecify.annotations.NullMarked;
