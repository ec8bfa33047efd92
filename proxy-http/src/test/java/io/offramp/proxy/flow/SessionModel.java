package io.offramp.proxy.flow;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.upstream.TransportSecurity;
import io.offramp.proxy.upstream.TransportSession;
import io.offramp.proxy.upstream.UpstreamServer;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * TLS as the transport sees it, without records: the handshake takes a turn or some time, and a server's FIN is its
 * close_notify. A session may hold back the end of what it has received.
 */
final class SessionModel implements TransportSecurity {
    private final List<String> names = new ArrayList<>();
    private final long handshakeMs;
    private int trust;
    private int nextHeldBytes;
    private @Nullable Records holding;

    SessionModel() {
        this(0);
    }

    SessionModel(long handshakeMs) {
        this.handshakeMs = handshakeMs;
    }

    @Override
    public void secure(
            Channel channel, UpstreamServer server, @Nullable String name, List<String> protocols, Result result) {
        names.add(name == null ? "" : name);
        ReadGate.of(channel).hold(ReadGate.Holder.HANDSHAKE);
        int trusted = trust;
        Runnable end = () -> {
            ReadGate.of(channel).release(ReadGate.Holder.HANDSHAKE);
            if (!channel.isActive()) {
                result.onFailed(new ConnectException("closed in the handshake"));
                return;
            }
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
            Records records = new Records();
            channel.pipeline().addFirst(records);
            InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
            Connection connection = new Connection(1, server.group().name(), address, address);
            result.onSecured(new Session(connection, (WireChannel) channel, records, trusted, this));
        };
        if (handshakeMs == 0) {
            channel.eventLoop().execute(end);
        } else {
            channel.eventLoop().schedule(end, handshakeMs, TimeUnit.MILLISECONDS);
        }
    }

    long handshakeMs() {
        return handshakeMs;
    }

    /** What its sessions begin by: a number that grows. */
    int trust() {
        return trust;
    }

    /** The names that sessions were begun by; empty for the configured one. */
    List<String> names() {
        return names;
    }

    /** Replaces what its sessions began by. */
    void replaceTrust() {
        trust++;
    }

    /** The session that reads next delivers no more of that read than all but these bytes. */
    void holdBack(int bytes) {
        nextHeldBytes = bytes;
    }

    /** What was held back is data. */
    void deliver() {
        Records session = held();
        session.ctx().fireChannelRead(session.take());
        session.ctx().fireChannelReadComplete();
    }

    /** What was held back is for the session alone: a ticket. */
    void keepForItself() {
        Records session = held();
        session.take().release();
        session.ctx().fireChannelReadComplete();
    }

    private Records held() {
        return Objects.requireNonNull(holding, "nothing is held back");
    }

    /** The receiving half of one session. */
    private final class Records extends ChannelInboundHandlerAdapter {
        private @Nullable ChannelHandlerContext ctx;
        private ByteBuf held = Unpooled.EMPTY_BUFFER;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            ctx = context;
        }

        ChannelHandlerContext ctx() {
            return Objects.requireNonNull(ctx, "not in a pipeline");
        }

        boolean isHolding() {
            return held.isReadable();
        }

        ByteBuf take() {
            ByteBuf taken = held;
            held = Unpooled.EMPTY_BUFFER;
            return taken;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (nextHeldBytes > 0) {
                int end = in.writerIndex() - nextHeldBytes;
                held = in.retainedSlice(end, nextHeldBytes);
                in.writerIndex(end);
                nextHeldBytes = 0;
                holding = this;
            }
            context.fireChannelRead(in);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            take().release();
        }
    }

    private record Session(Connection connection, WireChannel channel, Records records, int trust, SessionModel model)
            implements TransportSession {
        @Override
        public boolean isDrained() {
            return channel.isDrained() && !records.isHolding();
        }

        @Override
        public boolean holdsInput() {
            return records.isHolding();
        }

        @Override
        public boolean isCurrent() {
            return trust == model.trust;
        }
    }
}
