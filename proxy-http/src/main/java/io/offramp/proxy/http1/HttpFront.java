package io.offramp.proxy.http1;

import io.netty.channel.ChannelPipeline;
import io.offramp.proxy.exchange.HttpFrontSettings;

/** HTTP/1.1 on a client's channel. */
public final class HttpFront {
    private HttpFront() {}

    /**
     * Adds the handlers of a connection's HTTP front at the end of its pipeline. What is in front of them looks like a
     * TCP channel: {@code ByteBuf}s both ways, {@code ChannelInputShutdownEvent} for a clean end of the client's
     * stream. The channel has its {@code Connection} attribute; on its event loop, or before it is registered.
     */
    public static void install(ChannelPipeline pipeline, HttpFrontSettings settings) {
        pipeline.addLast("http", new ClientConnection(settings));
    }
}
