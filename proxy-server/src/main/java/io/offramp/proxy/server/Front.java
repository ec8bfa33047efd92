package io.offramp.proxy.server;

import io.netty.channel.ChannelPipeline;

/** The protocol inside TLS towards the client: HTTP, or bytes. */
@FunctionalInterface
interface Front {
    /** Adds its handlers at the end of the pipeline; called on the channel's event loop. */
    void install(ChannelPipeline pipeline);
}
