package io.offramp.proxy.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.handshake.HandshakeFailure.Reason;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * Shakes hands with one client, then hands the connection over and leaves the pipeline. Bounded in time, bytes and records.
 *
 * <p>Steps of the engine run on the event loop, but for the dear ones where the settings say so: these run on the worker, one at a
 * time, while the channel does not read; their outcome is taken up on the event loop. The {@link HandshakeListener} is called once.
 */
public final class TlsHandshakeHandler extends ChannelInboundHandlerAdapter {
    /** A handshake needs ten; clients that split their hello to dodge filters a few dozen. */
    private static final int MAX_RECORDS = 128;

    /** How long a client that goes on sending gets to take our last alert. */
    private static final long LINGER_LIMIT_S = 2;

    private final HandshakeSettings settings;
    private final HandshakeListener listener;
    private final RecordSplitter splitter = new RecordSplitter();
    private @Nullable HandshakeProtocol engine;
    private @Nullable Future<?> timeout;
    private @Nullable Object inputShutdown;
    private int records;
    private long writtenBytes;
    private boolean stepping;
    private boolean ended;
    private boolean lingering;

    /** @param settings shared by all connections of a listener */
    public TlsHandshakeHandler(HandshakeSettings settings, HandshakeListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            startClock(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        startClock(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (ended || !(msg instanceof ByteBuf in)) {
            ReferenceCountUtil.release(msg);
            return;
        }
        splitter.add(ctx.alloc(), in);
        pump(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !ended) {
            inputShutdown = event;
            if (!stepping) {
                failClosed(ctx);
            }
        } else {
            ctx.fireUserEventTriggered(event);
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
        if (lingering) {
            ctx.close();
        } else if (ended) {
            ctx.fireExceptionCaught(cause);
        } else if (cause instanceof IOException) {
            failClosed(ctx);
        } else {
            fail(ctx, new HandshakeFailure(Reason.INTERNAL, cause.getClass().getSimpleName(), cause));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ended = true;
        release();
    }

    private void startClock(ChannelHandlerContext ctx) {
        if (timeout == null) {
            timeout = ctx.executor().schedule(() -> onTimeout(ctx), settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void onTimeout(ChannelHandlerContext ctx) {
        if (!ended) {
            fail(ctx, new HandshakeFailure(Reason.TIMEOUT,
                    "not complete after " + settings.timeout().toMillis() + " ms and " + splitter.receivedBytes() + " bytes"));
        }
    }

    private void pump(ChannelHandlerContext ctx) {
        while (!ended && !stepping) {
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
        if (++records > MAX_RECORDS || splitter.wireBytes() > settings.maxBytes()) {
            refuse(ctx, AlertDescription.unexpected_message,
                    records + " records and " + splitter.wireBytes() + " bytes without completing", Reason.TOO_LARGE);
            return;
        }
        try {
            HandshakeProtocol protocol = engine();
            switch (protocol.verdict(type)) {
                case OFFER -> offer(ctx, protocol, type, record);
                case REFUSE -> refuse(ctx, AlertDescription.unexpected_message, "plaintext record of type " + type
                        + " in an encrypted handshake", Reason.ALERT_SENT);
                case DROP -> { }
            }
        } catch (IOException e) {
            fail(ctx, EngineFailures.classify(e));
        }
    }

    private void offer(ChannelHandlerContext ctx, HandshakeProtocol protocol, int type, byte[] record) {
        if (settings.isDear(type)) {
            offerOnWorker(ctx, protocol, record);
        } else {
            onStepped(ctx, protocol, step(protocol, record));
        }
    }

    private void offerOnWorker(ChannelHandlerContext ctx, HandshakeProtocol protocol, byte[] record) {
        stepping = true;
        boolean reads = ctx.channel().config().isAutoRead();
        ctx.channel().config().setAutoRead(false);
        try {
            settings.worker().execute(() -> {
                Throwable failure = step(protocol, record);
                try {
                    ctx.executor().execute(() -> onWorkerStepped(ctx, protocol, failure, reads));
                } catch (RejectedExecutionException e) { // the event loop is gone, and the channel with it
                    protocol.destroy();
                }
            });
        } catch (RejectedExecutionException e) {
            stepping = false;
            fail(ctx, new HandshakeFailure(Reason.INTERNAL, "worker takes no more handshakes", e));
        }
    }

    private void onWorkerStepped(
            ChannelHandlerContext ctx, HandshakeProtocol protocol, @Nullable Throwable failure, boolean reads) {
        stepping = false;
        if (ended) { // closed meanwhile; the engine could not be freed under the worker's hands
            protocol.destroy();
            return;
        }
        ctx.channel().config().setAutoRead(reads);
        onStepped(ctx, protocol, failure);
        pump(ctx);
        if (!ended && inputShutdown != null) {
            failClosed(ctx);
        }
    }

    /** Any thread, one at a time. */
    private static @Nullable Throwable step(HandshakeProtocol protocol, byte[] record) {
        try {
            protocol.offer(record);
            return null;
        } catch (IOException | RuntimeException | LinkageError e) {
            return e;
        }
    }

    private void onStepped(ChannelHandlerContext ctx, HandshakeProtocol protocol, @Nullable Throwable failure) {
        if (failure != null) {
            fail(ctx, EngineFailures.classify(failure), lastWords(ctx, protocol, EngineFailures.alert(failure), failure));
            return;
        }
        ByteBuf answer = output(ctx, protocol);
        if (answer.isReadable()) {
            writtenBytes += answer.readableBytes();
            ctx.writeAndFlush(answer, ctx.voidPromise());
        } else {
            answer.release();
        }
        if (protocol.isComplete()) {
            complete(ctx, protocol);
        }
    }

    private void complete(ChannelHandlerContext ctx, HandshakeProtocol protocol) {
        Handshaken session = protocol.handshaken(splitter.wireBytes(), writtenBytes);
        ByteBuf pending = splitter.takeRest();
        end();
        listener.onHandshaken(ctx, session, pending);
        if (inputShutdown != null) { // seen while the worker had the last word
            ctx.fireUserEventTriggered(inputShutdown);
        }
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    private void onNotTls(ChannelHandlerContext ctx, boolean http) {
        if (http) {
            fail(ctx, new HandshakeFailure(Reason.PLAIN_HTTP, "plain HTTP"), PlainHttp.answer());
        } else {
            fail(ctx, new HandshakeFailure(Reason.NOT_TLS, "does not begin with a TLS record"));
        }
    }

    private void refuse(ChannelHandlerContext ctx, short alert, String detail, Reason reason) {
        try {
            HandshakeProtocol protocol = engine();
            IOException refusal = protocol.refuse(alert, detail);
            String words = reason == Reason.ALERT_SENT ? EngineFailures.classify(refusal).detail() : detail;
            fail(ctx, new HandshakeFailure(reason, words), lastWords(ctx, protocol, alert, refusal));
        } catch (IOException e) {
            fail(ctx, EngineFailures.classify(e));
        }
    }

    private void failClosed(ChannelHandlerContext ctx) {
        fail(ctx, splitter.isUntouched()
                ? new HandshakeFailure(Reason.NO_DATA, "closed without a byte")
                : new HandshakeFailure(Reason.CLOSED, "closed by the client after " + splitter.receivedBytes() + " bytes"));
    }

    private void fail(ChannelHandlerContext ctx, HandshakeFailure failure) {
        fail(ctx, failure, Unpooled.EMPTY_BUFFER);
    }

    private void fail(ChannelHandlerContext ctx, HandshakeFailure failure, ByteBuf lastWords) {
        end();
        lingering = lastWords.isReadable();
        ctx.write(lastWords);
        listener.onFailed(ctx, failure);
        ChannelFuture told = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (lingering) {
            linger(ctx, told);
        } else {
            told.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Discards what still comes in, until the client closes: a reset would destroy the alert on its way. */
    private static void linger(ChannelHandlerContext ctx, ChannelFuture told) {
        var limit = ctx.executor().schedule(() -> ctx.close(), LINGER_LIMIT_S, TimeUnit.SECONDS);
        ctx.channel().closeFuture().addListener(closed -> limit.cancel(false));
        ctx.channel().config().setAutoRead(true);
        told.addListener(sent -> {
            if (sent.isSuccess() && ctx.channel() instanceof DuplexChannel channel) {
                channel.shutdownOutput();
            } else {
                ctx.close();
            }
        });
    }

    /** The alert. The engine writes none before it has understood a ClientHello; then it goes out in plaintext from here. */
    private static ByteBuf lastWords(ChannelHandlerContext ctx, HandshakeProtocol protocol, short alert, Throwable failure) {
        ByteBuf output = output(ctx, protocol);
        if (output.isReadable() || EngineFailures.classify(failure).reason() == Reason.ALERT_RECEIVED) {
            return output;
        }
        output.release();
        return PlainAlert.fatal(alert);
    }

    private static ByteBuf output(ChannelHandlerContext ctx, HandshakeProtocol protocol) {
        int bytes = protocol.getAvailableOutputBytes();
        ByteBuf output = ctx.alloc().directBuffer(Math.max(bytes, 16));
        protocol.readOutput(output.internalNioBuffer(0, bytes), bytes);
        return output.writerIndex(bytes);
    }

    private HandshakeProtocol engine() throws IOException {
        HandshakeProtocol protocol = engine;
        if (protocol == null) {
            protocol = HandshakeProtocol.start(settings);
            engine = protocol;
        }
        return protocol;
    }

    private void end() {
        ended = true;
        release();
    }

    private void release() {
        if (timeout != null) {
            timeout.cancel(false);
        }
        splitter.release();
        if (engine != null && !stepping) {
            engine.destroy();
            engine = null;
        }
    }
}
