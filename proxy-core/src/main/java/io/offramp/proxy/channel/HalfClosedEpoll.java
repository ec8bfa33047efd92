package io.offramp.proxy.channel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a half-closed socket usable with Netty 4.2.18's epoll transport. The transport removes a socket without
 * interest from epoll, and later acts as if it were still there: once the peer's FIN has ended our interest in reading,
 * the next write that the socket cannot take at once, or the next {@code setAutoRead(true)}, fails with ENOENT and
 * closes the connection. An interest that never ends, edge triggering, prevents the removal. There is no public way to
 * set it.
 */
public final class HalfClosedEpoll {
    private static final Logger LOG = LoggerFactory.getLogger(HalfClosedEpoll.class);
    private static final int EPOLLET = 1 << 31;
    private static final @Nullable MethodHandle SET_FLAG = find();
    private static final ChannelHandler KEEPER = new Keeper();

    private HalfClosedEpoll() {}

    private static @Nullable MethodHandle find() {
        try {
            Class<?> base = AbstractEpollStreamChannel.class.getSuperclass();
            return MethodHandles.privateLookupIn(base, MethodHandles.lookup())
                    .findVirtual(base, "setFlag", MethodType.methodType(void.class, int.class))
                    .asType(MethodType.methodType(void.class, Channel.class, int.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("half-closed connections may be cut short with epoll: {}", e.toString());
            return null;
        }
    }

    /**
     * Lets the channel outlive the peer's FIN: sets {@code ALLOW_HALF_CLOSURE}, and keeps an epoll socket usable from
     * then on. Called once for a channel, on its event loop.
     */
    public static void allow(Channel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        if (channel instanceof AbstractEpollStreamChannel) {
            channel.pipeline().addFirst(KEEPER);
        }
    }

    /** Called when the transport has lost its interest in reading, other than by a FIN, but still writes. */
    public static void keep(Channel channel) {
        if (SET_FLAG == null || !(channel instanceof AbstractEpollStreamChannel)) {
            return;
        }
        try {
            SET_FLAG.invokeExact(channel, EPOLLET);
        } catch (Throwable e) {
            LOG.warn("{}: {}", channel, e.toString());
        }
    }

    /** First in the pipeline, so that no handler writes before it. */
    @ChannelHandler.Sharable
    private static final class Keeper extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                keep(context.channel());
            }
            context.fireUserEventTriggered(event);
        }
    }
}
