/**
 * Reads HTTP/1.1 messages (RFC 9112). A head stays the received bytes with an index of its parts, so a field that only
 * passes through becomes neither object nor string. Independent of channels and proxying. Fuzzing compares it with
 * Netty's decoder.
 *
 * <p>It does not use the leniency that the RFC allows: a message that two parsers could read differently is refused,
 * because a request that we and an upstream split differently is a smuggled request (RFC 9112 §11.2).
 */
@NullMarked
package io.offramp.proxy.http.codec;

import org.jspecify.annotations.NullMarked;
