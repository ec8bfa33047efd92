package io.offramp.proxy.upstream.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.SocketAddress;

/** Opens channels to upstream servers: the only part with sockets. Thread-safe. */
@FunctionalInterface
public interface Connector {
    /**
     * Begins to connect; on the event loop.
     *
     * @param loop of the client, and of the new channel
     * @param allocator for reads
     * @param timeoutMs until it has failed
     * @param handler the pipeline's only one, in place before the channel is registered
     * @return done when the channel is open; closing its channel cancels it
     */
    ChannelFuture connect(
            EventLoop loop, SocketAddress to, ByteBufAllocator allocator, int timeoutMs, ChannelHandler handler);
}
