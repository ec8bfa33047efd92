package io.offramp.proxy.server;

import io.offramp.proxy.budget.AddressLimits;
import io.offramp.proxy.metrics.ConnectionRefusal;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.ClientKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the open connections of each client, by {@link ClientKey}, over all listeners. Used when a connection is
 * accepted, when its handshake ends and when it closes, never in between. Thread-safe.
 */
final class ClientAddressLimits {
    static final Held NOTHING = new Nothing();

    private final Supplier<AddressLimits> limits;
    private final ConcurrentHashMap<Long, Count> counts = new ConcurrentHashMap<>();

    /** @param limits asked once for each connection */
    ClientAddressLimits(Supplier<AddressLimits> limits) {
        this.limits = limits;
    }

    /** The counts of one connection. Called by its event loop alone; each call may be repeated. */
    interface Held {
        /** The limit that is reached: the connection is not counted and has to be closed. Null if there is none. */
        @Nullable
        ConnectionRefusal refusal();

        /** Its handshake has ended, in success or failure. */
        void onHandshakeEnded();

        /** It has closed. */
        void onClosed();
    }

    /** Changed by one thread at a time, under its key. */
    private static final class Count {
        int connections;
        int handshakes;
    }

    /** For a client without an Internet address, for one that is not counted, or without limits. */
    private record Nothing() implements Held {
        @Override
        public @Nullable ConnectionRefusal refusal() {
            return null;
        }

        @Override
        public void onHandshakeEnded() {}

        @Override
        public void onClosed() {}
    }

    private record Refused(ConnectionRefusal refusal) implements Held {
        @Override
        public void onHandshakeEnded() {}

        @Override
        public void onClosed() {}
    }

    /** Refused by another limit. */
    static Held refused(ConnectionRefusal why) {
        return new Refused(why);
    }

    private final class Counted implements Held {
        private enum State {
            HANDSHAKE,
            OPEN,
            CLOSED
        }

        private final Long key;
        private State state = State.HANDSHAKE;

        Counted(Long key) {
            this.key = key;
        }

        @Override
        public @Nullable ConnectionRefusal refusal() {
            return null;
        }

        @Override
        public void onHandshakeEnded() {
            if (state == State.HANDSHAKE) {
                state = State.OPEN;
                give(key, 0, 1);
            }
        }

        @Override
        public void onClosed() {
            if (state != State.CLOSED) {
                give(key, 1, state == State.HANDSHAKE ? 1 : 0);
                state = State.CLOSED;
            }
        }
    }

    /**
     * Counts a newly accepted connection, with a handshake under way.
     *
     * @param uncounted addresses that stand for many clients each
     */
    Held admit(@Nullable SocketAddress client, List<Cidr> uncounted) {
        AddressLimits most = limits.get();
        if (most.equals(AddressLimits.NONE)
                || !(client instanceof InetSocketAddress socket)
                || socket.getAddress() == null) {
            return NOTHING;
        }
        InetAddress address = socket.getAddress();
        if (uncounted.stream().anyMatch(each -> each.contains(address))) {
            return NOTHING;
        }
        Long key = ClientKey.of(address);
        Held[] held = {new Counted(key)};
        counts.compute(key, (same, known) -> {
            Count count = known == null ? new Count() : known;
            if (isReached(most.connections(), count.connections)) {
                held[0] = new Refused(ConnectionRefusal.CONNECTIONS_PER_ADDRESS);
            } else if (isReached(most.handshakes(), count.handshakes)) {
                held[0] = new Refused(ConnectionRefusal.HANDSHAKES_PER_ADDRESS);
            } else {
                count.connections++;
                count.handshakes++;
            }
            return count;
        });
        return held[0];
    }

    /** Number of addresses with open connections. */
    int addresses() {
        return counts.size();
    }

    private void give(Long key, int connections, int handshakes) {
        counts.computeIfPresent(key, (same, count) -> {
            count.connections -= connections;
            count.handshakes -= handshakes;
            return count.connections == 0 ? null : count;
        });
    }

    private static boolean isReached(int limit, int count) {
        return limit > 0 && count >= limit;
    }
}
