package io.offramp.proxy.handshake.ticket;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a listener's tickets. Thread-safe; called on event loops, so nothing here blocks. */
public interface TicketKeys {
    /** Protects new tickets. */
    TicketKey current();

    /** All keys that open tickets, the likeliest first. */
    List<TicketKey> all();

    /**
     * Keys that the process makes, replaces and wipes by itself; no other instance has them.
     *
     * @param lifetime of tickets: a key protects new ones for this time, and opens them for the same time again
     */
    static TicketKeys rotating(Duration lifetime, InstantSource clock) {
        return new RotatingTicketKeys(lifetime, clock);
    }

    /**
     * The same, going on with keys of a process before this one.
     *
     * @param saved by {@link #save}; the caller keeps it
     * @throws IllegalArgumentException if it is something else
     */
    static TicketKeys rotating(Duration lifetime, InstantSource clock, byte[] saved) {
        return new RotatingTicketKeys(lifetime, clock, saved);
    }

    /** The keys and their times, secrets that the caller wipes; null for keys that others have, too. */
    default byte @Nullable [] save() {
        return null;
    }
}
