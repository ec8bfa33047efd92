package io.offramp.proxy.accept;

import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.metrics.ConnectionRefusal;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.ClientKey;
import io.offramp.proxy.rate.RateLimiter;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a listener takes a connection, by the address of its client: {@code connections} of the
 * configuration. Asked once for each connection, before its first byte. Thread-safe.
 */
public final class ConnectionGate {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionGate.class);

    private final String listener;
    private final ConnectionLimits limits;
    private final List<Cidr> exempt;
    private final OpenConnections open;
    private final @Nullable RateLimiter rate;
    private final ListenerMetrics metrics;
    private final SeldomLine line;

    /**
     * @param listener its name, for the log
     * @param trusted addresses that stand for many clients each, so that they are exempt from numbers and rates
     * @param open of the listener, over all generations
     * @param rate of the limits, at work; null if they have none
     */
    public ConnectionGate(
            String listener,
            ConnectionLimits limits,
            List<Cidr> trusted,
            OpenConnections open,
            @Nullable RateLimiter rate,
            ListenerMetrics metrics,
            Ticker clock) {
        this.listener = listener;
        this.limits = limits;
        this.open = open;
        this.rate = rate;
        this.metrics = metrics;
        exempt = Stream.concat(limits.exempt().stream(), trusted.stream()).toList();
        line = new SeldomLine(clock);
    }

    /** What has become of a connection. */
    public sealed interface Entry {
        /** It is let in, and holds nothing. */
        record Free() implements Entry {}

        /** It is let in, and counts as open until {@link #release}. Confined to its event loop. */
        final class Counted implements Entry {
            private final OpenConnections in;
            private final long client;
            private boolean released;

            private Counted(OpenConnections in, long client) {
                this.in = in;
                this.client = client;
            }

            /** It has closed. Each further call changes nothing. */
            public void release() {
                if (!released) {
                    released = true;
                    in.give(client);
                }
            }
        }

        /** It has to be closed at once. */
        record Refused(ConnectionRefusal why) implements Entry {}
    }

    private static final Entry FREE = new Entry.Free();

    /** A connection of this client begins. */
    public Entry admit(InetAddress client) {
        AddressList may = limits.addresses();
        if (may != null && !may.allows(client)) {
            refuse(client, ConnectionRefusal.ADDRESS, false);
            return new Entry.Refused(ConnectionRefusal.ADDRESS);
        }
        if (rate == null && limits.open() == 0 || isExempt(client)) {
            return FREE;
        }
        long key = ClientKey.of(client);
        if (rate != null && rate.take(key) > 0 && isRefused(client, ConnectionRefusal.CONNECTION_RATE)) {
            return new Entry.Refused(ConnectionRefusal.CONNECTION_RATE);
        }
        if (limits.open() == 0) {
            return FREE;
        }
        if (open.take(key, limits.open())) {
            return new Entry.Counted(open, key);
        }
        if (isRefused(client, ConnectionRefusal.CONNECTIONS_PER_ADDRESS)) {
            return new Entry.Refused(ConnectionRefusal.CONNECTIONS_PER_ADDRESS);
        }
        return open.take(key, Integer.MAX_VALUE) ? new Entry.Counted(open, key) : FREE;
    }

    private boolean isExempt(InetAddress client) {
        for (Cidr each : exempt) {
            if (each.contains(client)) {
                return true;
            }
        }
        return false;
    }

    /** A connection is over a limit: counts it, and says whether that has a consequence. */
    private boolean isRefused(InetAddress client, ConnectionRefusal why) {
        refuse(client, why, limits.dryRun());
        return !limits.dryRun();
    }

    private void refuse(InetAddress client, ConnectionRefusal why, boolean isTried) {
        if (isTried) {
            metrics.onTolerated(why);
        } else {
            metrics.onRefused(why);
        }
        int held = line.pass();
        if (held != SeldomLine.HELD) {
            LOG.info(
                    "{}: connection from {} {}: {}; {} more since the last such line",
                    listener,
                    client.getHostAddress(),
                    isTried ? "would be refused" : "refused",
                    why.label(),
                    held);
        }
    }
}
