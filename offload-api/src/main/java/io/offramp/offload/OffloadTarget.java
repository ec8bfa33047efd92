package io.offramp.offload;

import io.netty.channel.Channel;

/**
 * The connection that a session is for.
 *
 * @param connectionId number of the connection in logs and metrics, unique in this process
 * @param channel the client's channel: its allocator, its event loop (to which all sessions are confined), and for a
 *     kernel backend its socket
 * @param flow addresses of both ends
 */
public record OffloadTarget(long connectionId, Channel channel, FiveTuple flow) {}
