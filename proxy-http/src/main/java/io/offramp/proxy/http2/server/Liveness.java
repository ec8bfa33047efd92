package io.offramp.proxy.http2.server;

import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.ConnectionEnd;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a silent server is still there: a PING goes with the first request after a silence, and when an
 * exchange gives up on a silent server. Never without need, because some servers punish that: those of gRPC end a
 * connection at the third PING within five minutes in which they have sent neither HEADERS nor DATA (gRPC proposal A8).
 * Confined to the event loop.
 */
final class Liveness {
    private static final long SILENT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long ANSWER_NS = TimeUnit.SECONDS.toNanos(5);
    /** Between PINGs with no part of an answer in between. */
    private static final long PAUSE_NS = TimeUnit.MINUTES.toNanos(5);
    /** What it carries. */
    private static final long PING = 0x0FF_FAC7;

    private final Http2ServerConnection connection;
    private final UpstreamLoop loop;
    private @Nullable Future<?> timer;
    private long heardNs;
    /** No PING before. */
    private long allowedNs;

    Liveness(Http2ServerConnection connection, UpstreamLoop loop) {
        this.connection = connection;
        this.loop = loop;
        heardNs = loop.nowNs();
        allowedNs = heardNs;
    }

    /** A part of an answer has come. */
    void onAnswering() {
        allowedNs = loop.nowNs();
    }

    /** Anything has come from the server. */
    void onHeard() {
        heardNs = loop.nowNs();
        cancel();
    }

    /** A request is on its way. */
    void onRequest() {
        if (isSilent(SILENT_NS) && mayAsk()) {
            ask();
        }
    }

    /** An exchange does not wait for its answer any more. Where no PING may find out why, others do not wait here. */
    void onGivenUp() {
        if (!isSilent(ANSWER_NS)) {
            return;
        }
        if (mayAsk()) {
            ask();
        } else {
            connection.replace();
        }
    }

    /** True if nothing has come for that long, and no answer to a PING is due. */
    private boolean isSilent(long ns) {
        return timer == null && loop.nowNs() - heardNs >= ns;
    }

    private boolean mayAsk() {
        return loop.nowNs() - allowedNs >= 0;
    }

    private void ask() {
        allowedNs = loop.nowNs() + PAUSE_NS;
        ServerCodec codec = connection.codec();
        codec.encoder().writePing(codec.ctx(), false, PING, codec.promise());
        connection.touch();
        timer = loop.eventLoop()
                .schedule(
                        () -> connection.fail(ConnectionEnd.SILENT, "no answer to PING"),
                        ANSWER_NS,
                        TimeUnit.NANOSECONDS);
    }

    /** Stops waiting. */
    void cancel() {
        Future<?> last = timer;
        timer = null;
        if (last != null) {
            last.cancel(false);
        }
    }
}
