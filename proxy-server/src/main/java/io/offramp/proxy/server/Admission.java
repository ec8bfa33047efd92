package io.offramp.proxy.server;

import io.offramp.proxy.accept.ConnectionGate.Entry;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.metrics.ConnectionRefusal;
import io.offramp.proxy.server.ClientAddressLimits.Held;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Lets connections in by the address of their client: by the limits of their listener, then by those of all listeners.
 * Thread-safe.
 *
 * @param all counts over all listeners
 */
record Admission(ClientAddressLimits all) {
    /** Counted by both. */
    private record Both(Held held, Entry.Counted entry) implements Held {
        @Override
        public @Nullable ConnectionRefusal refusal() {
            return null;
        }

        @Override
        public void onHandshakeEnded() {
            held.onHandshakeEnded();
        }

        @Override
        public void onClosed() {
            held.onClosed();
            entry.release();
        }
    }

    /** Counts a newly accepted connection, or refuses it. What is refused was counted in metrics, and is not held. */
    Held admit(@Nullable SocketAddress client, ListenerGeneration listener) {
        if (!(client instanceof InetSocketAddress socket) || socket.getAddress() == null) {
            // It is gone already, or a socket without addresses.
            return ClientAddressLimits.NOTHING;
        }
        return switch (listener.gate().admit(socket.getAddress())) {
            case Entry.Refused(ConnectionRefusal why) -> ClientAddressLimits.refused(why);
            case Entry.Free free -> overAll(socket, listener);
            case Entry.Counted entry -> {
                Held held = overAll(socket, listener);
                if (held.refusal() != null) {
                    entry.release();
                    yield held;
                }
                yield new Both(held, entry);
            }
        };
    }

    private Held overAll(SocketAddress client, ListenerGeneration listener) {
        Held held = all.admit(client, listener.trustedProxies());
        ConnectionRefusal why = held.refusal();
        if (why != null) {
            listener.metrics().onRefused(why);
        }
        return held;
    }
}
