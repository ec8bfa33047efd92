package io.offramp.proxy.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.offramp.proxy.channel.HalfClose;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection. In order, it loses no request (RFC 9113 §6.8): a first GOAWAY takes all streams that are on
 * their way; after a round trip, a second names the last one; streams finish. Behind the last frame only our direction
 * ends, and input is discarded for a while: a kernel that closes with unread input destroys what was sent. Confined to
 * the event loop.
 */
final class Goodbye {
    /** A client that does not answer our PING by then gets the second GOAWAY all the same. */
    static final long ROUND_TRIP_NS = TimeUnit.SECONDS.toNanos(1);

    static final long LINGER_NS = TimeUnit.SECONDS.toNanos(2);

    /** A client may need this long to read the last answer. It sends credit meanwhile. */
    static final long READ_NS = TimeUnit.SECONDS.toNanos(30);

    /** Marks our PING. */
    private static final long PING = 0x6f66_6672_616d_7001L;

    private final Http2ClientConnection connection;
    private final ClientCodec codec;
    private State state = State.OPEN;
    private long readNs = READ_NS;
    /** Last stream of the last GOAWAY, which must not increase. */
    private int named = Integer.MAX_VALUE;

    private enum State {
        OPEN,
        /** The first GOAWAY is out; new streams are still taken. */
        ANNOUNCED,
        /** No new stream is taken; those that are open finish. */
        LAST_STREAMS,
        /** Our direction has ended. */
        LINGERING,
        CLOSED
    }

    Goodbye(Http2ClientConnection connection, ClientCodec codec) {
        this.connection = connection;
        this.codec = codec;
    }

    /** True until the connection is to end. */
    boolean isOpen() {
        return state == State.OPEN;
    }

    /** True while frames of the client still count. */
    boolean isListening() {
        return state.compareTo(State.LINGERING) < 0;
    }

    /** True while new streams are taken. */
    boolean takesStreams() {
        return state.compareTo(State.LAST_STREAMS) < 0;
    }

    /** Begins the end, in order; once. */
    void begin() {
        if (state == State.OPEN) {
            state = State.ANNOUNCED;
            goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR, "");
            codec.ping(PING);
            connection.waits().forGoodbye(ROUND_TRIP_NS);
        }
    }

    /** The same while memory is short: the client gets less time to read. */
    void shed() {
        if (state == State.OPEN) {
            readNs = LINGER_NS;
            begin();
        }
    }

    /** The client has answered a PING. */
    void onPingAck(long data) {
        if (data == PING && state == State.ANNOUNCED) {
            toLastStreams();
        }
    }

    /** The client opens no further stream. */
    void onClientGoAway() {
        if (state == State.OPEN || state == State.ANNOUNCED) {
            toLastStreams();
        }
    }

    private void toLastStreams() {
        state = State.LAST_STREAMS;
        goAway(codec.connection().remote().lastStreamCreated(), Http2Error.NO_ERROR, "");
        onIdle();
    }

    /** No stream is open. */
    void onIdle() {
        if (state == State.LAST_STREAMS && connection.streams() == 0) {
            linger(Math.max(LINGER_NS, readNs - connection.waits().idleNs()));
        }
    }

    /** Ends the connection for a fault. */
    void fail(Http2Error code, String why) {
        if (isListening()) {
            goAway(codec.connection().remote().lastStreamCreated(), code, why);
            linger(LINGER_NS);
        }
    }

    private void linger(long ns) {
        state = State.LINGERING;
        codec.reader().stop();
        connection.waits().forGoodbye(ns);
        connection.forEach(Http2ClientStream::onClosed);
        // As a task: the last stream may have ended within a flush, whose frames go out first.
        context().executor().execute(this::endOutput);
    }

    private void endOutput() {
        connection.flush();
        if (connection.hasInputEnded()) {
            close();
        } else {
            HalfClose.write(connection.channel());
        }
    }

    /** The client has ended its direction. */
    void onInputEnded() {
        switch (state) {
            case OPEN, ANNOUNCED -> {
                state = State.LAST_STREAMS;
                onIdle();
            }
            case LAST_STREAMS -> onIdle();
            case LINGERING -> close();
            case CLOSED -> {}
        }
    }

    void onDeadline() {
        switch (state) {
            case ANNOUNCED -> toLastStreams();
            case LINGERING -> close();
            case OPEN, LAST_STREAMS, CLOSED -> {}
        }
    }

    /** Closes at once. */
    void close() {
        state = State.CLOSED;
        connection.channel().close();
    }

    private void goAway(int last, Http2Error code, String why) {
        named = Math.min(named, last);
        ByteBuf debug = ByteBufUtil.writeAscii(context().alloc(), why);
        codec.writer()
                .writeGoAway(context(), named, code.code(), debug, context().newPromise());
    }

    private ChannelHandlerContext context() {
        return codec.context();
    }
}
