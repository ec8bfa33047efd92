package io.offramp.proxy.handshake.ticket;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How sessions of one listener are resumed; shared by all of its handshakes. Thread-safe. */
public final class Tickets {
    /** RFC 8446 §4.6.1. */
    public static final Duration MAX_LIFETIME = Duration.ofDays(7);

    /** A ticket with long client certificates is not sent: it would come back in every ClientHello. */
    private static final int MAX_TICKET_BYTES = 1 << 13;

    /** How far the clocks of instances that share a key may differ. */
    private static final long MAX_SKEW_S = 300;

    private final TicketKeys keys;
    private final int count;
    private final long lifetimeS;
    private final ResumptionListener listener;
    private final InstantSource clock;
    private final @Nullable SessionCache cache;

    /**
     * Tickets under these keys.
     *
     * @param count for a TLS 1.3 client after a full handshake
     * @param lifetime from the full handshake on, at most {@link #MAX_LIFETIME}
     * @param sessions of TLS 1.2 that are kept for clients without tickets; 0 for none
     */
    public Tickets(
            TicketKeys keys,
            int count,
            Duration lifetime,
            int sessions,
            ResumptionListener listener,
            InstantSource clock) {
        this(keys, count, lifetime.toSeconds(), listener, clock, cache(sessions, lifetime));
    }

    private Tickets(
            TicketKeys keys,
            int count,
            long lifetimeS,
            ResumptionListener listener,
            InstantSource clock,
            @Nullable SessionCache cache) {
        this.keys = keys;
        this.count = count;
        this.lifetimeS = lifetimeS;
        this.listener = listener;
        this.clock = clock;
        this.cache = cache;
    }

    private static @Nullable SessionCache cache(int sessions, Duration lifetime) {
        return sessions == 0 ? null : new SessionCache(sessions, lifetime.toSeconds());
    }

    /** The same keys and sessions, with another listener. */
    public Tickets reportingTo(ResumptionListener other) {
        return new Tickets(keys, count, lifetimeS, other, clock, cache);
    }

    /** The keys for a process that goes on with them, secrets that the caller wipes; null if they are not its own. */
    public byte @Nullable [] saveKeys() {
        return keys.save();
    }

    /**
     * The newest sessions that are kept for clients without tickets, for a process that goes on with them: secrets that
     * the caller wipes. Null if none are kept.
     *
     * @param limit of the result, in bytes
     */
    public byte @Nullable [] saveSessions(int limit) {
        return cache == null ? null : cache.save(limit, nowS());
    }

    /**
     * Goes on with sessions of the process before, if sessions are kept.
     *
     * @param saved the caller wipes it
     * @throws IllegalArgumentException if it cannot be read; those before the fault are kept
     */
    public void restoreSessions(byte[] saved) {
        if (cache != null) {
            cache.restore(saved, nowS());
        }
    }

    /** The number of tickets for a TLS 1.3 client after a full handshake. */
    int count() {
        return count;
    }

    /** In seconds since 1970. */
    public long nowS() {
        return clock.instant().getEpochSecond();
    }

    /**
     * How long a session may still be resumed: no longer than its lifetime, whose clock may be ahead (RFC 8446 §4.6.1).
     *
     * @param startS of the full handshake
     * @param notAfterS of the server's certificate
     * @return in seconds; 0 or less if not any more
     */
    public long secondsLeft(long startS, long notAfterS) {
        long nowS = nowS();
        return startS > nowS + MAX_SKEW_S ? 0 : Math.min(lifetimeS, Math.min(startS + lifetimeS, notAfterS) - nowS);
    }

    /** The session as a ticket; null if it would be too long. */
    public byte @Nullable [] seal(ResumableSession session) {
        byte[] encoded = session.encode();
        try {
            return encoded.length + TicketKey.OVERHEAD_BYTES > MAX_TICKET_BYTES
                    ? null
                    : keys.current().seal(encoded);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** The session of a ticket, which the caller destroys; null if refused, which is counted. */
    @Nullable
    ResumableSession open(byte[] ticket) {
        TicketRefusal refusal = TicketRefusal.UNKNOWN_KEY;
        for (TicketKey key : keys.all()) {
            if (key.isNamedBy(ticket)) {
                ResumableSession session = open(key, ticket);
                if (session != null) {
                    return session;
                }
                refusal = TicketRefusal.FORGED; // unless one more key has this name
            }
        }
        refuse(refusal);
        return null;
    }

    /** Whether sessions are kept for clients without tickets. */
    boolean keepsSessions() {
        return cache != null;
    }

    /** Takes ownership of a TLS 1.2 session and its ID; only where sessions are kept. */
    void keep(byte[] id, ResumableSession session) {
        if (cache != null) {
            cache.put(id, session, nowS());
        }
    }

    /** The session of this ID, which the caller destroys; null if not kept, which is counted if any are. */
    @Nullable
    ResumableSession cached(byte[] id) {
        if (cache == null) {
            return null;
        }
        ResumableSession session = cache.copyOf(id);
        if (session == null) {
            refuse(TicketRefusal.UNKNOWN_SESSION);
        }
        return session;
    }

    /** Counts a refusal. */
    void refuse(TicketRefusal why) {
        listener.onTicketRefused(why);
    }

    private static @Nullable ResumableSession open(TicketKey key, byte[] ticket) {
        byte[] encoded = key.open(ticket);
        if (encoded == null) {
            return null;
        }
        ResumableSession session = ResumableSession.decode(encoded);
        Arrays.fill(encoded, (byte) 0);
        return session;
    }
}
