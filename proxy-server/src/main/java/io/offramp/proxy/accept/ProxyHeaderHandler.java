package io.offramp.proxy.accept;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.handshake.engine.HandshakeEvent;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader.Result;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes the PROXY header in front of a connection from a proxy, then leaves the pipeline. No other byte is passed on
 * before it is complete. Bounded in time and bytes. The listener is called once.
 */
public final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {
    private final long timeoutNs;
    private final Listener listener;
    private @Nullable ByteBuf held;
    private @Nullable Future<?> timer;
    private boolean over;

    /** Gets the result, on the event loop. */
    public interface Listener {
        /** The header is complete; adds the next handler at the end of the pipeline, unless it closes the channel. */
        void onHeader(ChannelHandlerContext ctx, ProxyHeader header);

        /** There is none. The channel closes. */
        void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure);
    }

    /** @param timeoutNs until the header is complete */
    public ProxyHeaderHandler(long timeoutNs, Listener listener) {
        this.timeoutNs = timeoutNs;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        timer = ctx.executor()
                .schedule(() -> fail(ctx, Reason.TIMEOUT, "no PROXY header in time"), timeoutNs, TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (over || !(message instanceof ByteBuf in)) {
            ReferenceCountUtil.release(message);
            return;
        }
        ByteBuf all = add(ctx, in);
        switch (ProxyHeaderReader.read(all)) {
            case Result.Incomplete more -> {}
            case Result.Malformed(String why) -> fail(ctx, Reason.PROXY_HEADER, why);
            case Result.Complete(ProxyHeader header, int bytes) -> {
                held = null;
                end();
                all.skipBytes(bytes);
                pass(ctx, header, all);
            }
        }
    }

    /** One read has nearly always all of it. */
    private ByteBuf add(ChannelHandlerContext ctx, ByteBuf in) {
        ByteBuf before = held;
        if (before == null) {
            held = in;
            return in;
        }
        ByteBuf all = ctx.alloc().buffer(before.readableBytes() + in.readableBytes());
        all.writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        held = all;
        return all;
    }

    private void pass(ChannelHandlerContext ctx, ProxyHeader header, ByteBuf rest) {
        try {
            listener.onHeader(ctx, header);
        } catch (RuntimeException | Error e) {
            rest.release();
            throw e;
        }
        if (rest.isReadable() && ctx.channel().isActive()) {
            ctx.fireChannelRead(rest);
            ctx.fireChannelReadComplete();
        } else {
            rest.release();
        }
        ctx.pipeline().remove(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (over) {
            ctx.fireUserEventTriggered(event);
        } else if (event instanceof ChannelInputShutdownEvent) {
            failClosed(ctx);
        } else if (event == HandshakeEvent.DISPLACE) {
            fail(ctx, Reason.DISPLACED, "no PROXY header yet");
        } else if (event == HandshakeEvent.DRAIN) {
            fail(ctx, Reason.DRAINED, "no PROXY header yet");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            failClosed(ctx);
        }
        ctx.fireChannelInactive();
    }

    private void failClosed(ChannelHandlerContext ctx) {
        fail(ctx, held == null ? Reason.NO_DATA : Reason.CLOSED, "closed before the end of a PROXY header");
    }

    private void fail(ChannelHandlerContext ctx, Reason reason, String why) {
        if (!over) {
            end();
            listener.onFailed(ctx, new HandshakeFailure(reason, why));
            ctx.close();
        }
    }

    private void end() {
        over = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (held != null) {
            held.release();
            held = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!over) {
            end();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (over) {
            ctx.fireExceptionCaught(cause);
        } else {
            fail(ctx, Reason.CLOSED, String.valueOf(cause.getMessage()));
        }
    }
}
