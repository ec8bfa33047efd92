package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.offload.ConnectionOffload;
import io.offramp.proxy.channel.HalfClose;
import io.offramp.proxy.channel.HalfClosedEpoll;
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
    private static final ChannelHandler KEEP_HALF_CLOSED = new KeepHalfClosed();

    @Override
    public void install(ChannelPipeline pipeline) {
        Channel owned = pipeline.channel();
        Connection connection = owned.attr(Connection.KEY).get();
        pipeline.addLast(KEEP_HALF_CLOSED);
        device.present(pipeline, () -> HalfClose.write(owned), hosts.next(), new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel plaintext) {
                plaintext.attr(Connection.KEY).set(connection);
                front.install(plaintext.pipeline());
            }
        });
    }

    /** Other fronts do this for their own channel, which has no socket here. */
    @ChannelHandler.Sharable
    private static final class KeepHalfClosed extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                HalfClosedEpoll.keep(context.channel());
            }
            context.fireUserEventTriggered(event);
        }
    }
}
