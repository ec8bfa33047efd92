package io.offramp.proxy.generation;

import io.netty.channel.ChannelPipeline;

/** Speaks with the client inside TLS: HTTP, or bytes. */
@FunctionalInterface
public interface Front {
    /** Adds its handlers at the end of the pipeline. Called on the channel's event loop. */
    void install(ChannelPipeline pipeline);
}
