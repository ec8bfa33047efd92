package io.offramp.proxy.accept;

import io.offramp.proxy.net.ClientKey;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections of each client of one listener, by {@link ClientKey}. It has no more entries than there are open
 * connections, which are bounded. It outlives reloads. Thread-safe.
 */
public final class OpenConnections {
    private final ConcurrentHashMap<Long, Integer> byClient = new ConcurrentHashMap<>();

    /** Clients with open connections. */
    public int clients() {
        return byClient.size();
    }

    /**
     * Counts one more, if there is room.
     *
     * @return false if the client has as many already
     */
    boolean take(long client, int most) {
        boolean[] taken = {false};
        byClient.compute(client, (same, known) -> {
            int open = known == null ? 0 : known;
            taken[0] = open < most;
            return taken[0] ? Integer.valueOf(open + 1) : known;
        });
        return taken[0];
    }

    /** One that was counted has closed. */
    void give(long client) {
        byClient.computeIfPresent(client, (same, open) -> open == 1 ? null : open - 1);
    }
}
