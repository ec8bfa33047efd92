package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.offramp.proxy.budget.BufferFailures;
import io.offramp.proxy.channel.Abort;
import io.offramp.proxy.channel.HalfClosedEpoll;
import io.offramp.proxy.channel.LastWrites;
import io.offramp.proxy.channel.SpliceListener;
import io.offramp.proxy.channel.Splicing;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.http.codec.ConnectionOptions;
import io.offramp.proxy.http.codec.Fields;
import io.offramp.proxy.http.codec.Framing;
import io.offramp.proxy.http.codec.Head;
import io.offramp.proxy.http.codec.MessageReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an upstream server: carries one request after another, or bytes once it is a tunnel. Its pipeline
 * is built once and has only this handler; who listens changes with each request. Confined to the event loop.
 */
public final class UpstreamConnection extends ChannelInboundHandlerAdapter {
    /** Interim heads (1xx) in front of one answer; more are no progress but a flood. */
    private static final int MAX_INTERIMS = 100;

    private final UpstreamLoop loop;
    private final UpstreamGroup group;
    private final UpstreamServer server;
    private final ByteBufAllocator allocator;
    private final MessageReader reader;
    private @Nullable Channel channel;
    private @Nullable WriteBurst burst;
    private @Nullable AnswerListener listener;
    private @Nullable ConnectRace race;
    private @Nullable Splicing splicing;
    private State state = State.CONNECTING;
    private String closedBy = "closed";
    private boolean answered;
    private boolean persistent;
    private boolean reading = true;
    private boolean drained;
    private int interims;
    private long keepNs;
    private long idleEndNs;

    private enum State {
        CONNECTING,
        IDLE,
        HEAD,
        BODY,
        TUNNEL,
        /** Nothing is expected of the server but to take what was written. */
        ENDING,
        CLOSED
    }

    UpstreamConnection(
            UpstreamLoop loop,
            UpstreamGroup group,
            UpstreamServer server,
            ByteBufAllocator allocator,
            MessageReader reader) {
        this.loop = loop;
        this.group = group;
        this.server = server;
        this.allocator = allocator;
        this.reader = reader;
    }

    /** Opens the connection; the listener hears how it went, later or during the call. */
    public void connect() {
        loop.pool(server).open(this);
    }

    void startRace() {
        race = loop.race(this);
        race.start();
    }

    boolean takesUsed() {
        return listener != null && listener.takesUsed();
    }

    /** An idle connection takes the place of this one, which was never opened. */
    void handOver(UpstreamConnection idle) {
        AnswerListener next = takeListener();
        state = State.CLOSED;
        if (next != null) {
            idle.reserve(next);
            next.onConnected(idle);
        }
    }

    /** The server at the other end. */
    public UpstreamServer server() {
        return server;
    }

    /** Names who listens from now on. */
    public void reserve(AnswerListener next) {
        listener = next;
    }

    /**
     * A request is about to be written; its answer is told to the listener.
     *
     * @param head whether its method is HEAD, so that the answer has no body
     */
    public void begin(boolean head) {
        reader.toHead(head);
        answered = false;
        persistent = true;
        interims = 0;
        state = State.HEAD;
    }

    /** From here on bytes pass both ways, and each direction ends on its own. */
    public void becomeTunnel() {
        state = State.TUNNEL;
        answered = true;
        channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    /** Where to write; the connection is open. */
    public WriteBurst burst() {
        if (burst == null) {
            throw new IllegalStateException("not connected to " + server.name());
        }
        return burst;
    }

    /** Sends what was written; nothing if it is not connected. */
    public void flush() {
        if (burst != null && state != State.CLOSED) {
            burst.flush();
        }
    }

    /** Whether more may be written without passing the high watermark. */
    public boolean isWritable() {
        return channel != null && channel.isWritable();
    }

    /** Pauses or resumes reading. */
    public void read(boolean on) {
        if (reading != on) {
            reading = on;
            applyReading();
        }
    }

    private void applyReading() {
        channel().config().setAutoRead(reading && splicing == null);
    }

    /** Bytes of the answer's body that are still to come; 0 where its head does not say. */
    public long bodyLeft() {
        return state == State.BODY ? reader.left() : 0;
    }

    /**
     * Leads what is still to come, of a body of known length or through a tunnel, to a client past this process, where
     * its session can do that now; else nothing changes. To be called where a read burst is over and has been flushed.
     * The listener hears of it by {@link AnswerListener#onSpliced}, and goes on hearing what comes in the ordinary way.
     */
    public void spliceTo(Channel client) {
        boolean streaming = state == State.BODY || state == State.TUNNEL;
        if (splicing != null || !streaming || !Splicing.isPossible(client)) {
            return;
        }
        long bytes = state == State.BODY ? reader.left() : Long.MAX_VALUE;
        splicing = Splicing.begin(client, channel(), bytes, new Spliced());
        if (splicing != null) {
            applyReading();
        }
    }

    /** What comes from now on is read in the ordinary way. */
    public void stopSplicing() {
        if (closeSplicing()) {
            applyReading();
        }
    }

    private boolean closeSplicing() {
        Splicing last = splicing;
        splicing = null;
        if (last != null) {
            last.close();
        }
        return last != null;
    }

    private final class Spliced implements SpliceListener {
        @Override
        public void onSpliced(int bytes) {
            AnswerListener to = listener;
            if (to == null) {
                return;
            }
            answered = true;
            drained = false;
            if (state == State.BODY) {
                reader.skip(bytes);
            }
            to.onSpliced(bytes);
            if (state == State.BODY && reader.isComplete()) {
                complete(true, Fields.NONE);
            }
        }

        @Override
        public void onSplicePaused() {
            if (listener != null) {
                listener.onReadComplete();
            }
        }

        @Override
        public void onSpliceEnded(@Nullable IOException failure) {
            splicing = null;
            if (failure != null) {
                fail("reset");
            } else if (state != State.CLOSED) {
                applyReading();
            }
        }
    }

    /** Ends what we send behind what was written, and goes on receiving. */
    public void shutdownOutput() {
        flush();
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess() && channel() instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            }
        });
    }

    /**
     * Gives the connection back behind a complete request and answer: for the next, or to be closed. What the server
     * may have sent behind its answer must not be taken for the next one: the connection is kept only when the socket
     * has been seen empty.
     */
    public void release() {
        if (state != State.IDLE || !persistent || !isAllSent()) {
            abort();
            return;
        }
        read(true);
        if (drained) {
            keepIfIdle();
        } else {
            loop.keepBehindNextPoll(this);
        }
    }

    void keepIfIdle() {
        if (state == State.IDLE && listener == null) {
            idleEndNs = loop.idleEndNs(keepNs);
            loop.keep(this);
        }
    }

    /** Of a request that was answered before it was sent, the server may never take the rest. */
    private boolean isAllSent() {
        ChannelOutboundBuffer unsent = channel().unsafe().outboundBuffer();
        return burst().isFlushed() && unsent != null && unsent.isEmpty();
    }

    /**
     * Ends the connection behind what was written; the listener hears nothing more, and what still comes is discarded.
     *
     * @param cut with a reset, for a server that must not take it for the end of a stream
     * @param limitNs for a server that takes nothing
     */
    public void endBehindWrites(boolean cut, long limitNs) {
        flush();
        listener = null;
        if (state == State.CLOSED) {
            return;
        }
        state = State.ENDING;
        stopSplicing();
        read(true);
        LastWrites.end(channel().pipeline().context(this), cut, limitNs);
    }

    /** Closes at once; the listener hears nothing more. */
    public void abort() {
        listener = null;
        boolean connecting = state == State.CONNECTING;
        end(State.CLOSED);
        if (connecting) {
            callOff();
        } else if (channel != null) {
            channel.close();
        }
    }

    private void callOff() {
        ServerPool pool = loop.pool(server);
        if (race == null) {
            pool.forgetWaiting(this);
        } else {
            race.cancel();
            pool.onGone();
        }
    }

    /**
     * Closes at once with a reset, for a server that must not take it for the end of a stream; the listener hears
     * nothing more.
     */
    public void reset() {
        listener = null;
        end(State.CLOSED);
        if (channel != null) {
            Abort.close(channel);
        }
    }

    UpstreamGroup group() {
        return group;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    long idleEndNs() {
        return idleEndNs;
    }

    Channel channel() {
        if (channel == null) {
            throw new IllegalStateException("no channel to " + server.name());
        }
        return channel;
    }

    void onConnected() {
        if (state == State.CONNECTING && listener != null) {
            state = State.IDLE;
            listener.onConnected(this);
        }
    }

    void onConnectFailed(Throwable cause) {
        AnswerListener last = takeListener();
        state = State.CLOSED;
        if (last != null) {
            last.onConnectFailed(server, cause);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        burst = new WriteBurst(ctx, loop.turnFlush());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        // A read that did not fill its buffer has left nothing in the socket.
        drained = in.isWritable();
        try {
            while (in.isReadable() && state != State.CLOSED) {
                consume(in);
            }
        } finally {
            in.release();
        }
    }

    /** Takes the next thing that the bytes tell. */
    private void consume(ByteBuf in) {
        AnswerListener to = listener;
        if (state == State.ENDING) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (to == null || state == State.IDLE) {
            // Bytes that no request asked for: whatever they mean, no answer behind them can be trusted.
            fail("garbage: bytes without a request");
            return;
        }
        answered = true;
        if (state == State.TUNNEL) {
            to.onBody(in.readRetainedSlice(in.readableBytes()));
            return;
        }
        switch (reader.read(in)) {
            case MORE -> {}
            case HEAD -> onHead(to, reader.takeHead(), in);
            case PIECE -> {
                to.onBody(reader.takePiece());
                completeIfWhole(in, Fields.NONE);
            }
            case END -> completeIfWhole(in, reader.trailers());
            case REFUSED -> failBy(reader.problem(), reader.refusal());
        }
    }

    private void failBy(@Nullable String problem, MessageReader.Refused refusal) {
        fail("garbage: " + (problem == null ? refusal.toString() : problem));
    }

    private void onHead(AnswerListener to, Head head, ByteBuf in) {
        long framing = reader.framing();
        ConnectionOptions options = ConnectionOptions.of(head.fields());
        if (framing == Framing.INVALID || !options.valid()) {
            failBy(options.valid() ? reader.problem() : "Connection", reader.refusal());
            return;
        }
        boolean last = head.status() >= 200;
        if (last) {
            boolean lasting = head.modern() || options.keepAlive();
            persistent = lasting && !options.close() && framing != Framing.UNTIL_CLOSE;
            keepNs = KeepAliveField.limitNs(head.fields());
            state = State.BODY;
        } else if (++interims > MAX_INTERIMS) {
            fail("garbage: more than " + MAX_INTERIMS + " interim heads");
            return;
        }
        to.onHead(new AnswerHead(head, options, framing, in.readableBytes()));
        if (last) {
            completeIfWhole(in, Fields.NONE);
        }
    }

    private void completeIfWhole(ByteBuf in, Fields trailers) {
        if (state == State.BODY && reader.isComplete()) {
            complete(!in.isReadable(), trailers);
        }
    }

    private void complete(boolean nothingBehind, Fields trailers) {
        AnswerListener last = takeListener();
        persistent &= nothingBehind;
        state = State.IDLE;
        stopSplicing();
        if (last != null) {
            last.onEnd(trailers);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (listener != null) {
            listener.onReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (listener != null && ctx.channel().isWritable()) {
            listener.onWritable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && listener != null && state == State.TUNNEL) {
            closeSplicing();
            HalfClosedEpoll.keep(ctx.channel());
            listener.onInputEnded();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            fail("reset");
        } else {
            fail(BufferFailures.counts(cause) ? "no memory for what it sends" : cause.toString());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state == State.IDLE && listener == null) {
            loop.forget(this);
        }
        if (state == State.BODY && reader.framing() == Framing.UNTIL_CLOSE) {
            complete(true, Fields.NONE);
        }
        fail(closedBy);
    }

    private void fail(String problem) {
        AnswerListener last = takeListener();
        if (state == State.IDLE && last == null) {
            loop.forget(this);
        }
        closedBy = problem;
        end(State.CLOSED);
        channel().close();
        if (last != null) {
            last.onFailed(problem, answered);
        }
    }

    private @Nullable AnswerListener takeListener() {
        AnswerListener last = listener;
        listener = null;
        return last;
    }

    private void end(State last) {
        state = last;
        closeSplicing();
        if (burst != null) {
            burst.drop();
        }
    }
}
