/**
 * HTTP/1.1 towards clients: requests of one connection in order, each forwarded to an upstream and its answer back, as
 * streams with back-pressure both ways.
 *
 * <p>Memory of one connection is bounded: towards either side at most the channel's high watermark plus one read of 64
 * KiB, one head of at most the configured size, and nothing of these while it is idle. If an upstream ends its stream
 * behind an answer, the rest in its socket is added: at most 512 KiB. Everything is confined to the client channel's
 * event loop, which is also the upstream channel's.
 */
@NullMarked
package io.offramp.proxy.http;

import org.jspecify.annotations.NullMarked;
