package io.offramp.proxy.handshake.ticket;

import io.offramp.offload.record.ProtocolVersion;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest sessions with each server of one upstream. A ticket of TLS 1.3 is used once, so that observers cannot link
 * connections by it (RFC 8446 §C.4); a session of TLS 1.2 again and again. Wipes what it drops. Thread-safe.
 */
public final class ClientSessions {
    /** More are worth nothing: a connection brings as many new ones as it takes. */
    private static final int PER_SERVER = 16;

    private final Map<String, ArrayDeque<ClientSession>> byServer = new HashMap<>();

    /** Takes ownership. */
    synchronized void put(String server, ClientSession session) {
        ArrayDeque<ClientSession> known = byServer.computeIfAbsent(server, k -> new ArrayDeque<>());
        known.addLast(session);
        if (known.size() > PER_SERVER) {
            known.removeFirst().destroy();
        }
    }

    /**
     * The newest session that may be resumed now, which is the caller's; null for none.
     *
     * @param parties of the next one: a session that began under others is dropped
     */
    synchronized @Nullable ClientSession take(String server, SessionParties parties, long nowMs) {
        ArrayDeque<ClientSession> known = byServer.get(server);
        while (known != null && !known.isEmpty()) {
            ClientSession newest = known.removeLast();
            if (newest.parties().areStill(parties) && nowMs < newest.endMs()) {
                if (newest.suite().version() == ProtocolVersion.TLS_1_2) {
                    known.addLast(newest.copy());
                }
                return newest;
            }
            newest.destroy();
        }
        return null;
    }

    /** Forgets all sessions with a server. */
    synchronized void drop(String server) {
        ArrayDeque<ClientSession> known = byServer.remove(server);
        if (known != null) {
            known.forEach(ClientSession::destroy);
        }
    }
}
