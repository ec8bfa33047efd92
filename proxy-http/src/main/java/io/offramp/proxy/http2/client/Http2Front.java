package io.offramp.proxy.http2.client;

import io.netty.channel.ChannelPipeline;
import io.offramp.proxy.exchange.HttpFrontSettings;

/** HTTP/2 on a client's channel. */
public final class Http2Front {
    private Http2Front() {}

    /**
     * Adds the handlers of a connection's HTTP/2 front at the end of its pipeline, under the same terms as those of
     * HTTP/1. Frames may be written at once, so nothing else may be written behind that.
     */
    public static void install(ChannelPipeline pipeline, HttpFrontSettings settings) {
        pipeline.addLast("http", new Http2ClientConnection(settings));
    }
}
