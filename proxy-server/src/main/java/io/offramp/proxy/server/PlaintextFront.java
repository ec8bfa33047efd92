package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.offramp.offload.ConnectionOffload;
import io.offramp.proxy.channel.HalfClose;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.generation.Front;

/**
 * The front of a listener whose connections the device owns. Behind the TLS session, on a device thread, it leads to
 * the host. The real front is installed in the host's channel of plaintext, on one of its event loops.
 *
 * @param device presents its connections
 * @param hosts event loops for their channels
 * @param front the real front
 */
record PlaintextFront(ConnectionOffload device, EventLoopGroup hosts, Front front) implements Front {
    @Override
    public void install(ChannelPipeline pipeline) {
        Channel owned = pipeline.channel();
        Connection connection = owned.attr(Connection.KEY).get();
        device.present(pipeline, () -> HalfClose.write(owned), hosts.next(), new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel plaintext) {
                plaintext.attr(Connection.KEY).set(connection);
                front.install(plaintext.pipeline());
            }
        });
    }
}
