package io.offramp.proxy.tcp;

import io.netty.channel.ChannelPipeline;

/** Passes the bytes of a client's channel on as they are. */
public final class TcpFront {
    private TcpFront() {}

    /**
     * Adds the handler of a connection's TCP front at the end of its pipeline, which connects to an upstream at once.
     * What is in front of it looks like a TCP channel: {@code ByteBuf}s both ways, {@code ChannelInputShutdownEvent}
     * for a clean end of the client's stream. The channel has its {@code Connection} attribute; on its event loop, or
     * before it is registered.
     */
    public static void install(ChannelPipeline pipeline, TcpFrontSettings settings) {
        pipeline.addLast("tcp", new TcpHandler(settings));
    }
}
