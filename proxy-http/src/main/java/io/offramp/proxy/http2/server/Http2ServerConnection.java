package io.offramp.proxy.http2.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.http2.SentFields;
import io.offramp.proxy.upstream.ConnectionEnd;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.pool.PooledConnection;
import io.offramp.proxy.upstream.pool.Protocol;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.transport.Transport;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * HTTP/2 on one connection to a server, shared by the exchanges of its event loop: one stream each. It opens with the
 * server's SETTINGS, which say how many streams there may be. Behind a GOAWAY, or when its time is over, its streams
 * finish and no more are leased. Confined to the event loop.
 */
final class Http2ServerConnection extends Http2ConnectionAdapter implements PooledConnection {
    private static final Logger LOG = LoggerFactory.getLogger(Http2ServerConnection.class);

    /** Window of a connection at its beginning (RFC 9113 §6.9.2). */
    static final int FIRST_WINDOW = 65_535;

    private final UpstreamLoop loop;
    private final UpstreamServer server;
    private final Transport transport;
    private final UpstreamSettings settings;
    private final Protocol.Result result;
    private final ServerCodec codec;
    private final Http2Connection streams;
    private final Http2Connection.PropertyKey key;
    private final SentFields fields = new SentFields();
    private final OddFrames odd;
    private final Liveness liveness;
    private final Lifetime life;
    private final List<Http2ServerStream> served = new ArrayList<>();
    private final Runnable flush = this::flush;
    private final Future<?> openTimer;
    private State state = State.OPENING;
    private boolean dirty;
    private boolean extendedConnect;
    private boolean goingAway;
    private int leases;
    private int lastKnown = Integer.MAX_VALUE;
    private long idleEndNs;
    private String problem = "closed";

    private enum State {
        /** The server's SETTINGS have not come. */
        OPENING,
        /** Leases streams. */
        OPEN,
        /** Its streams finish. */
        DRAINING,
        /** Closed, or about to be. */
        GONE
    }

    Http2ServerConnection(
            UpstreamLoop loop,
            UpstreamServer server,
            Transport transport,
            Http2HeadersDecoder hpack,
            Protocol.Result result) {
        this.loop = loop;
        this.server = server;
        this.transport = transport;
        this.result = result;
        settings = loop.settings();
        odd = new OddFrames(loop.eventLoop().ticker());
        codec = ServerCodec.of(this, hpack, settings.window());
        streams = codec.connection();
        key = streams.newKey();
        liveness = new Liveness(this, loop);
        life = new Lifetime(loop);
        openTimer = loop.eventLoop()
                .schedule(
                        () -> fail(ConnectionEnd.SILENT, "no SETTINGS in time"),
                        server.group().connectTimeout(settings).toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    Transport transport() {
        return transport;
    }

    ServerCodec codec() {
        return codec;
    }

    /** A list for one head after another. */
    SentFields fields() {
        return fields;
    }

    UpstreamLoop loop() {
        return loop;
    }

    @Override
    public UpstreamServer server() {
        return server;
    }

    @Override
    public int room() {
        if (state != State.OPEN || !codec.ctx().channel().isActive()) {
            return 0;
        }
        int most = Math.min(settings.streams(), streams.local().maxActiveStreams());
        // The library counts a stream that we reset until its frame is written.
        int open = Math.max(leases, streams.local().numActiveStreams());
        return Math.max(0, Math.min(most - open, life.requestsLeft()));
    }

    @Override
    public boolean isCurrent() {
        return transport.isCurrent();
    }

    @Override
    public boolean isDue(long nowNs) {
        return life.isDue(nowNs);
    }

    @Override
    public UpstreamStream lease(UpstreamListener listener) {
        leases++;
        life.onRequest();
        server.group().events().onStreams(1);
        return new Http2ServerStream(this, listener);
    }

    @Override
    public long idleEndNs() {
        return leases > 0 ? Long.MAX_VALUE : idleEndNs;
    }

    /**
     * The protocol for which the server takes a tunnel (RFC 8441 §3): the only one that has a standard.
     *
     * @param offer a list of protocols
     * @return one of them; null if it takes none
     */
    @Nullable
    String tunnelOf(String offer) {
        return extendedConnect
                ? Stream.of(offer.split(","))
                        .map(String::strip)
                        .filter("websocket"::equalsIgnoreCase)
                        .findFirst()
                        .orElse(null)
                : null;
    }

    /** An exchange takes back a request whose answer has not come. */
    void onGivenUp() {
        liveness.onGivenUp();
        life.onTakenBack();
        if (life.isOver()) {
            replace();
        }
    }

    /** Retires, if the requests to come have another place; else they would have none until the last stream ends. */
    void replace() {
        if (leases <= 1 || loop.isReplaceable(this)) {
            retire();
        }
    }

    /** A write has failed. Behind that, answers and a GOAWAY may still be in the socket: they are read to its end. */
    void onWriteFailed() {
        if (state == State.OPENING) {
            fail(ConnectionEnd.LOST, "reset");
        } else {
            retire();
        }
    }

    @Override
    public void retire() {
        if (state == State.OPEN) {
            state = State.DRAINING;
            loop.onClosed(this);
        }
        closeIfDrained();
    }

    private void closeIfDrained() {
        if (state == State.DRAINING && leases == 0) {
            state = State.GONE;
            ChannelHandlerContext ctx = codec.ctx();
            codec.goAway(ctx, 0, Http2Error.NO_ERROR.code(), ctx.alloc().buffer(0), ctx.newPromise());
            codec.flush(ctx);
            ctx.close();
        }
    }

    /** A lease has ended, whatever became of its stream. */
    void onLeaseEnd() {
        boolean full = room() == 0;
        leases--;
        server.group().events().onStreams(-1);
        if (leases == 0) {
            idleEndNs = loop.idleEndNs(Long.MAX_VALUE);
        }
        if (state == State.OPEN && (full || leases == 0)) {
            if (life.isOver() && leases == 0) {
                retire();
            } else {
                loop.onRoom(this);
            }
        } else {
            closeIfDrained();
        }
    }

    /** The stream of an exchange, as long as it has one. */
    @Nullable
    Http2ServerStream stream(int id) {
        Http2Stream stream = streams.stream(id);
        return stream == null ? null : stream.getProperty(key);
    }

    /** The exchange of that stream has ended it. The library may have closed it just now, if it could not write. */
    void forget(Http2Stream stream) {
        if (stream.removeProperty(key) != null) {
            onLeaseEnd();
        }
    }

    /**
     * Opens a stream for an exchange; null if the library does not.
     *
     * @param writeHead for this id; gives whether the head is on its way
     */
    @Nullable
    Http2Stream open(Http2ServerStream exchange, IntPredicate writeHead) {
        int id = streams.local().incrementAndGetNextStreamId();
        boolean written = writeHead.test(id);
        Http2Stream stream = streams.stream(id);
        if (stream == null || !written) {
            return null;
        }
        stream.setProperty(key, exchange);
        liveness.onRequest();
        touch();
        return stream;
    }

    /** A flush is due in this turn: requests of many clients leave together. */
    void touch() {
        if (!dirty && state != State.GONE) {
            dirty = true;
            loop.eventLoop().execute(flush);
        }
    }

    void flush() {
        if (dirty) {
            dirty = false;
            codec.flush(codec.ctx());
        }
    }

    /** This stream has got something in this read burst. */
    void serve(Http2ServerStream stream) {
        liveness.onAnswering();
        served.add(stream);
    }

    void onReadComplete() {
        liveness.onHeard();
        for (int i = 0; i < served.size(); i++) {
            served.get(i).onReadComplete();
        }
        served.clear();
    }

    void onSettings(Http2Settings changed) throws Http2Exception {
        odd.spend();
        Boolean extended = changed.connectProtocolEnabled();
        extendedConnect = extended == null ? extendedConnect : extended;
        if (state == State.OPENING) {
            openTimer.cancel(false);
            state = State.OPEN;
            idleEndNs = loop.idleEndNs(Long.MAX_VALUE);
            result.onOpened(this);
        } else if (room() > 0) {
            loop.onRoom(this);
        }
    }

    void onGoAway(int lastStreamId, long code) {
        lastKnown = Math.min(lastKnown, lastStreamId);
        problem = "GOAWAY" + (code == 0 ? "" : " " + Codes.name(code));
        LOG.debug("{} sent {}, last stream {}", server.name(), problem, lastStreamId);
        if (!goingAway) {
            goingAway = true;
            server.group().events().onEnded(ConnectionEnd.GOAWAY);
        }
        if (state == State.OPENING) {
            fail(ConnectionEnd.GOAWAY, problem);
        } else {
            retire();
        }
    }

    /** Counts a frame that brings nothing. */
    void onOddFrame() throws Http2Exception {
        odd.spend();
    }

    /** Counts a frame of use, with that much body. */
    void onUsefulFrame(int bytes) {
        odd.earn(bytes);
    }

    void onWritabilityChanged(Http2Stream stream) {
        Http2ServerStream exchange = stream.getProperty(key);
        if (exchange != null && codec.encoder().flowController().isWritable(stream)) {
            exchange.onWritable();
        }
    }

    void onStreamFault(Http2Stream stream, Http2Exception fault) {
        Http2ServerStream exchange = stream.getProperty(key);
        if (exchange != null) {
            exchange.fail("garbage: " + fault.getMessage());
        }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
        Http2ServerStream exchange = stream.removeProperty(key);
        if (exchange != null) {
            exchange.onStreamClosed(problem, stream.id() > lastKnown);
            onLeaseEnd();
        } else if (room() > 0) {
            loop.onRoom(this);
        }
    }

    /** The streams that are left get this reason when the library closes them. */
    void onClosed(ConnectionEnd end, String why) {
        State before = state;
        state = State.GONE;
        openTimer.cancel(false);
        liveness.cancel();
        if (before == State.GONE) {
            return;
        }
        boolean usual = end == ConnectionEnd.LOST || end == ConnectionEnd.GOAWAY;
        LOG.atLevel(usual ? Level.DEBUG : Level.INFO)
                .log("connection to {} with {} streams: {}", server.name(), leases, why);
        if (before != State.DRAINING || !goingAway) {
            problem = why;
        }
        if (before == State.OPENING) {
            result.onFailed(
                    end == ConnectionEnd.SILENT
                            ? new ConnectTimeoutException(why)
                            : new ConnectException("not HTTP/2: " + why));
        } else if (before == State.OPEN) {
            loop.onClosed(this);
        }
        if (leases > 0 || end != ConnectionEnd.LOST) {
            server.group().events().onEnded(end);
        }
    }

    /** Ends the connection at once. */
    void fail(ConnectionEnd end, String why) {
        onClosed(end, why);
        codec.ctx().close();
    }
}
