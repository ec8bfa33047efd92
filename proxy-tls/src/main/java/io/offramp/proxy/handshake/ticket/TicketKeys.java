package io.offramp.proxy.handshake.ticket;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The keys of a listener's tickets. Thread-safe; asked on event loops, so nothing here blocks. */
public interface TicketKeys {
    /** Protects new tickets. */
    TicketKey current();

    /** All that open tickets, those first that are most likely to. */
    List<TicketKey> all();

    /**
     * Keys that the process makes, replaces and forgets by itself; no other instance has them.
     *
     * @param lifetime of tickets: so long a key protects new ones, and as long again it opens them
     */
    static TicketKeys rotating(Duration lifetime, InstantSource clock) {
        return new RotatingTicketKeys(lifetime, clock);
    }
}
