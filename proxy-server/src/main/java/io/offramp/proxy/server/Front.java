package io.offramp.proxy.server;

import io.netty.channel.ChannelPipeline;

/** What speaks with the client inside TLS: HTTP, or bytes. */
@FunctionalInterface
interface Front {
    /** Adds its handlers behind those that are there; called on the channel's event loop. */
    void install(ChannelPipeline pipeline);
}
