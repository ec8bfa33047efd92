package io.offramp.proxy.http2.client;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.exchange.HttpFrontSettings;
import java.util.concurrent.TimeUnit;

/**
 * The waits of one connection and of all its streams, on one deadline: the earliest of all. A stream that gets more
 * time costs a field write. Confined to the event loop.
 */
final class ConnectionWaits {
    /** While memory is short, a wait that takes longer ends. */
    private static final long SHED_AFTER_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MAX_VALUE;

    private final Http2ClientConnection connection;
    private final HttpFrontSettings settings;
    private final Ticker ticker;
    private final Deadline deadline;
    private long armedNs = NEVER;
    private long idleSinceNs;
    private long idleDueNs;
    private long fieldsDueNs = NEVER;
    private int sections;
    private long goodbyeDueNs = NEVER;
    private long earliestNs;

    /** Begins with the wait for a first request. */
    ConnectionWaits(
            Http2ClientConnection connection, HttpFrontSettings settings, EventExecutor executor, Deadline deadline) {
        this.connection = connection;
        this.settings = settings;
        this.ticker = executor.ticker();
        this.deadline = deadline;
        onIdle();
    }

    long nowNs() {
        return ticker.nanoTime();
    }

    /** A stream begins. */
    void onStream() {
        idleSinceNs = NEVER;
        idleDueNs = NEVER;
    }

    /** No stream is left. */
    void onIdle() {
        idleSinceNs = nowNs();
        idleDueNs = idleSinceNs + settings.idleNs();
        lookAt(idleDueNs);
    }

    /** Time since the last stream ended, or since the connection began; 0 while there is one. */
    long idleNs() {
        return idleSinceNs == NEVER ? 0 : nowNs() - idleSinceNs;
    }

    /**
     * A field section has begun and is not complete, or is.
     *
     * @param complete sections in front of it
     */
    void forFields(boolean incomplete, int complete) {
        if (!incomplete) {
            fieldsDueNs = NEVER;
        } else if (fieldsDueNs == NEVER || complete != sections) {
            sections = complete;
            fieldsDueNs = nowNs() + settings.headNs();
            lookAt(fieldsDueNs);
        }
    }

    /** The end of the connection takes no longer. */
    void forGoodbye(long ns) {
        goodbyeDueNs = nowNs() + ns;
        lookAt(goodbyeDueNs);
    }

    /** There is something to look at by then. */
    void lookAt(long dueNs) {
        if (dueNs < armedNs) {
            armedNs = dueNs;
            deadline.in(dueNs - nowNs());
        }
    }

    /** The deadline has passed. */
    void onDeadline() {
        armedNs = NEVER;
        long nowNs = nowNs();
        if (nowNs >= goodbyeDueNs) {
            goodbyeDueNs = NEVER;
            connection.goodbye().onDeadline();
        }
        if (nowNs >= fieldsDueNs) {
            fieldsDueNs = NEVER;
            connection.onFieldsLate();
        }
        if (nowNs >= idleDueNs) {
            idleDueNs = NEVER;
            connection.goodbye().begin();
        }
        earliestNs = NEVER;
        connection.forEach(stream -> earliestNs = Math.min(earliestNs, stream.look(nowNs)));
        lookAt(Math.min(Math.min(goodbyeDueNs, fieldsDueNs), Math.min(idleDueNs, earliestNs)));
    }

    /** Memory is short: ends waits that take longer than there is patience now. */
    void shed() {
        long nowNs = nowNs();
        connection.forEach(stream -> {
            if (stream.waits().isStalled(nowNs, SHED_AFTER_NS)) {
                settings.budget().onShed(Shed.STALLED);
                stream.onTooSlow();
            } else if (!stream.isTunnel() && stream.body().isStuck(nowNs, SHED_AFTER_NS)) {
                settings.budget().onShed(Shed.REQUEST);
                stream.shedBody();
            }
            stream.shedTunnel();
        });
        if (!connection.goodbye().isOpen()) {
            return;
        }
        if (fieldsDueNs != NEVER && nowNs - (fieldsDueNs - settings.headNs()) >= SHED_AFTER_NS) {
            settings.budget().onShed(Shed.HEAD);
            connection.onFieldsLate();
        } else if (idleNs() >= SHED_AFTER_NS) {
            settings.budget().onShed(Shed.IDLE);
            connection.goodbye().shed();
        }
    }
}
