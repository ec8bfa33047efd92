package io.offramp.proxy.upstream.resolve;

import io.netty.util.concurrent.Future;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks one server's name up whenever its TTL is over, and when the server does not accept. If there is no answer, or
 * the name has vanished, the last good addresses stay. Confined to the event loop, except for {@link #soon}.
 */
final class NameWatch {
    private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);

    /** A TTL of 0 must not become a flood. */
    static final Duration LEAST = Duration.ofSeconds(1);

    static final Duration MOST = Duration.ofHours(1);
    static final Duration MOST_AFTER_FAILURE = Duration.ofSeconds(30);

    private final Names names;
    private final UpstreamServer server;
    private final HostPort address;
    private @Nullable Future<?> timer;
    private long dueNs;
    private State state = State.IDLE;
    private int failures;

    private enum State {
        IDLE,
        ASKING,
        CLOSED
    }

    NameWatch(Names names, UpstreamServer server, HostPort address) {
        this.names = names;
        this.server = server;
        this.address = address;
    }

    void start() {
        server.onLookUp(this::soon);
        names.eventLoop().execute(this::lookUp);
    }

    void close() {
        server.onLookUp(null);
        names.eventLoop().execute(() -> {
            state = State.CLOSED;
            stopTimer();
        });
    }

    /** The server may have moved: looks up within a second, however often this is called. On any thread. */
    private void soon() {
        names.eventLoop().execute(() -> {
            if (state == State.IDLE && timer != null && dueNs - nowNs() > LEAST.toNanos()) {
                again(LEAST);
            }
        });
    }

    private void lookUp() {
        timer = null;
        if (state != State.IDLE) {
            return;
        }
        state = State.ASKING;
        Future<Names.Found> answer = names.lookUp(address.host());
        answer.addListener(done -> onAnswer(done.isSuccess() ? answer.getNow() : null, done.cause()));
    }

    private void onAnswer(Names.@Nullable Found found, @Nullable Throwable cause) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.IDLE;
        if (found == null) {
            failures++;
            if (failures == 1) {
                LOG.warn(
                        "upstream {}: no addresses of {}: {}; those that are known stay",
                        server.group().name(),
                        address.host(),
                        cause == null ? "" : cause.getMessage());
            }
            long seconds = Math.min(MOST_AFTER_FAILURE.toSeconds(), 1L << Math.min(failures - 1, 30));
            again(Duration.ofSeconds(seconds));
            return;
        }
        failures = 0;
        server.onAddresses(address.at(found.addresses()));
        again(between(found.ttl()));
    }

    private static Duration between(Duration ttl) {
        return ttl.compareTo(LEAST) < 0 ? LEAST : ttl.compareTo(MOST) > 0 ? MOST : ttl;
    }

    private void again(Duration pause) {
        stopTimer();
        dueNs = nowNs() + pause.toNanos();
        timer = names.eventLoop().schedule(this::lookUp, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private long nowNs() {
        return names.eventLoop().ticker().nanoTime();
    }

    private void stopTimer() {
        Future<?> last = timer;
        timer = null;
        if (last != null) {
            last.cancel(false);
        }
    }
}
