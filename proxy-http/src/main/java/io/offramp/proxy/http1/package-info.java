/**
 * HTTP/1.1 towards clients and servers (RFC 9112): requests of one connection in order, each with one stream for an
 * exchange on either side.
 *
 * <p>A head stays the received bytes with an index of its parts, so a field that only passes through becomes neither
 * object nor string. Fuzzing compares the reader with Netty's decoder. It does not use the leniency that the RFC
 * allows: a message that two parsers could read differently is refused, because a request that we and an upstream split
 * differently is a smuggled request (RFC 9112 §11.2).
 *
 * <p>Memory of one connection is bounded: towards either side at most the channel's high watermark plus one read of 64
 * KiB, one head of at most the configured size, and nothing of these while it is idle. If an upstream ends its stream
 * behind an answer, the rest in its socket is added: at most 512 KiB. Everything is confined to the client channel's
 * event loop, which is also the upstream channel's.
 */
@NullMarked
package io.offramp.proxy.http1;

import org.jspecify.annotations.NullMarked;
