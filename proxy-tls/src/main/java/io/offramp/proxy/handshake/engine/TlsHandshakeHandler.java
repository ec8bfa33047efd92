package io.offramp.proxy.handshake.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.channel.OrderlyClose;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.Role;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jspecify.annotations.Nullable;

/**
 * Performs the handshake with one peer, in either role, then hands the connection over and leaves the pipeline. Bounded
 * in time and bytes, record headers included, so that many small records soon are too many. The
 * {@link HandshakeListener} is called once.
 */
public final class TlsHandshakeHandler extends ChannelInboundHandlerAdapter implements EngineSteps.Outcome {
    private final EngineSettings settings;
    private final HandshakeListener listener;
    private final RecordSplitter splitter = new RecordSplitter();
    private final EngineSteps steps;
    private @Nullable Future<?> timeout;
    private @Nullable Object inputShutdown;
    private long writtenBytes;
    private boolean ended;
    private boolean lingering;

    /** @param settings of a listener, or of a connection to a server */
    public TlsHandshakeHandler(EngineSettings settings, HandshakeListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.steps = new EngineSteps(settings, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            begin(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (ended || !(msg instanceof ByteBuf in)) {
            ReferenceCountUtil.release(msg);
            return;
        }
        splitter.add(ctx.alloc(), in);
        listener.onReceived(ctx, splitter.receivedBytes());
        pump(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !ended) {
            inputShutdown = event;
            if (!steps.isBusy()) {
                failClosed(ctx);
            }
        } else if (event instanceof HandshakeEvent request) {
            onRequest(ctx, request);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void onRequest(ChannelHandlerContext ctx, HandshakeEvent request) {
        switch (request) {
            case DISPLACE -> {
                if (!ended && !steps.isWithWorker()) {
                    fail(
                            ctx,
                            new HandshakeFailure(
                                    Reason.DISPLACED,
                                    (writtenBytes == 0 ? "no hello in " : "not complete after ")
                                            + splitter.receivedBytes() + " bytes"));
                }
            }
            case DRAIN -> {
                if (!ended && splitter.isUntouched()) {
                    fail(ctx, new HandshakeFailure(Reason.DRAINED, "silent until the drain"));
                }
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!ended) {
            failClosed(ctx);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (ended) {
            if (!lingering || !(cause instanceof IOException)) {
                ctx.fireExceptionCaught(cause);
            }
            if (!ctx.isRemoved()) { // the handover or the report of the failure has thrown: no one else closes
                ctx.close();
            }
        } else if (cause instanceof IOException) {
            failClosed(ctx);
        } else if (BufferFailures.counts(cause)) {
            fail(ctx, new HandshakeFailure(Reason.DISPLACED, "no memory for a buffer"));
        } else {
            fail(ctx, new HandshakeFailure(Reason.INTERNAL, cause.getClass().getSimpleName(), cause));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ended = true;
        release(false);
    }

    private void begin(ChannelHandlerContext ctx) {
        if (timeout == null) {
            timeout = ctx.executor()
                    .schedule(() -> onTimeout(ctx), settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
            if (settings.role() == Role.CLIENT) {
                steps.begin(ctx);
            }
        }
    }

    private void onTimeout(ChannelHandlerContext ctx) {
        if (!ended) {
            fail(
                    ctx,
                    new HandshakeFailure(
                            Reason.TIMEOUT,
                            "not complete after " + settings.timeout().toMillis() + " ms and "
                                    + splitter.receivedBytes() + " bytes"));
        }
    }

    private void pump(ChannelHandlerContext ctx) {
        while (!ended && !steps.isBusy()) {
            switch (splitter.next()) {
                case RecordSplitter.Incomplete none -> {
                    return;
                }
                case RecordSplitter.Whole(int type, byte[] bytes) -> onRecord(ctx, type, bytes);
                case RecordSplitter.Bad(short alert, String detail) -> refuse(ctx, alert, detail, Reason.ALERT_SENT);
                case RecordSplitter.NotTls(boolean http) -> onNotTls(ctx, http);
            }
        }
    }

    private void onRecord(ChannelHandlerContext ctx, int type, byte[] record) {
        if (splitter.wireBytes() > settings.maxBytes()) {
            refuse(
                    ctx,
                    AlertDescription.unexpected_message,
                    splitter.wireBytes() + " bytes without completing",
                    Reason.TOO_LARGE);
            return;
        }
        steps.offer(ctx, type, record);
    }

    @Override
    public void onOutOfPlace(ChannelHandlerContext ctx, int type) {
        refuse(
                ctx,
                AlertDescription.unexpected_message,
                "plaintext record of type " + type + " in an encrypted handshake",
                Reason.ALERT_SENT);
    }

    @Override
    public void onStepped(ChannelHandlerContext ctx, HandshakeEngine protocol, @Nullable Throwable failure) {
        if (failure != null) {
            HandshakeFailure why = classify(failure);
            if (failure instanceof TlsFatalAlertReceived alert) {
                why = protocol.explain(alert, why);
            }
            fail(ctx, why, lastWords(ctx, protocol, EngineFailures.alert(failure), failure));
            return;
        }
        ByteBuf answer = output(ctx, protocol);
        if (answer.isReadable()) {
            boolean first = writtenBytes == 0;
            writtenBytes += answer.readableBytes();
            ctx.writeAndFlush(answer, ctx.voidPromise());
            if (first) {
                listener.onAnswered(ctx);
            }
        } else {
            answer.release();
        }
        if (protocol.isComplete()) {
            complete(ctx, protocol);
        }
    }

    @Override
    public void onRejected(ChannelHandlerContext ctx, HandshakeFailure failure) {
        fail(ctx, failure);
    }

    @Override
    public void onIdle(ChannelHandlerContext ctx) {
        pump(ctx);
        if (!ended && inputShutdown != null && !steps.isBusy()) {
            failClosed(ctx);
        }
    }

    private void complete(ChannelHandlerContext ctx, HandshakeEngine protocol) {
        Handshaken session = protocol.handshaken(splitter.wireBytes(), writtenBytes);
        ByteBuf pending = splitter.takeRest();
        end(false);
        listener.onHandshaken(ctx, session, pending);
        if (inputShutdown != null) { // came while the worker had the engine
            ctx.fireUserEventTriggered(inputShutdown);
        }
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    private void onNotTls(ChannelHandlerContext ctx, boolean http) {
        if (http && settings.role() == Role.SERVER && listener.onPlainHttp(ctx)) {
            ByteBuf received = splitter.takeRest();
            end(false);
            ctx.fireChannelRead(received);
            ctx.pipeline().remove(this);
        } else if (http && settings.role() == Role.SERVER) {
            fail(ctx, new HandshakeFailure(Reason.PLAIN_HTTP, "plain HTTP"), PlainHttp.answer());
        } else if (http) {
            fail(ctx, new HandshakeFailure(Reason.NOT_TLS, "answers in plain HTTP"));
        } else {
            fail(ctx, new HandshakeFailure(Reason.NOT_TLS, "does not begin with a TLS record"));
        }
    }

    private void refuse(ChannelHandlerContext ctx, short alert, String detail, Reason reason) {
        try {
            HandshakeEngine protocol = steps.engine();
            IOException refusal = protocol.refuse(alert, detail);
            String words = reason == Reason.ALERT_SENT ? classify(refusal).detail() : detail;
            fail(ctx, new HandshakeFailure(reason, words), lastWords(ctx, protocol, alert, refusal));
        } catch (IOException e) {
            fail(ctx, classify(e));
        }
    }

    private void failClosed(ChannelHandlerContext ctx) {
        fail(
                ctx,
                splitter.isUntouched()
                        ? new HandshakeFailure(Reason.NO_DATA, "closed without a byte")
                        : new HandshakeFailure(
                                Reason.CLOSED,
                                "closed by the " + settings.role().peer("client", "server") + " after "
                                        + splitter.receivedBytes() + " bytes"));
    }

    private void fail(ChannelHandlerContext ctx, HandshakeFailure failure) {
        fail(ctx, failure, Unpooled.EMPTY_BUFFER);
    }

    private void fail(ChannelHandlerContext ctx, HandshakeFailure failure, ByteBuf lastWords) {
        end(isByPeer(failure.reason()));
        lingering = lastWords.isReadable();
        ctx.write(lastWords);
        listener.onFailed(ctx, failure);
        ChannelFuture told = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (lingering) {
            new OrderlyClose(ctx, () -> 0).linger(told);
        } else {
            told.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /**
     * Writes the alert. The engine writes none before it has understood a ClientHello; in that case this method writes
     * it in plaintext.
     */
    private ByteBuf lastWords(ChannelHandlerContext ctx, HandshakeEngine protocol, short alert, Throwable failure) {
        ByteBuf output = output(ctx, protocol);
        PlainAlert.mendVersion(output);
        if (output.isReadable() || failure instanceof TlsFatalAlertReceived) {
            return output;
        }
        output.release();
        return PlainAlert.fatal(alert);
    }

    private HandshakeFailure classify(Throwable failure) {
        return EngineFailures.classify(failure, settings.role());
    }

    private static ByteBuf output(ChannelHandlerContext ctx, HandshakeEngine protocol) {
        int bytes = protocol.getAvailableOutputBytes();
        ByteBuf output = ctx.alloc().directBuffer(Math.max(bytes, 16));
        protocol.readOutput(output.internalNioBuffer(0, bytes), bytes);
        return output.writerIndex(bytes);
    }

    private boolean isByPeer(Reason reason) {
        return switch (reason) {
            case TIMEOUT, DISPLACED, DRAINED, INTERNAL -> false;
            default -> !listener.isCalledOff();
        };
    }

    private void end(boolean broken) {
        ended = true;
        release(broken);
    }

    private void release(boolean broken) {
        if (timeout != null) {
            timeout.cancel(false);
        }
        splitter.release();
        steps.release(broken);
    }
}
