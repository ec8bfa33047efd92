package io.offramp.proxy.handshake.ticket;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest TLS 1.2 sessions, which clients name by ID (RFC 5246 §7.4.1.3), as long as they may be resumed. Wipes what
 * it drops. Thread-safe; locks are striped and held for a look-up only.
 */
final class SessionCache {
    private static final int MAX_STRIPES = 16;
    private static final int SESSIONS_PER_STRIPE = 64;

    private final Stripe[] stripes;
    private final int perStripe;
    private final long lifetimeS;

    /** Oldest first, which is the order of expiry, since all live equally long. */
    private static final class Stripe extends LinkedHashMap<ByteBuffer, ResumableSession> {
        private static final long serialVersionUID = 1;
    }

    /** @param sessions limit, at least 1; rounded up to a multiple of up to 16 */
    SessionCache(int sessions, long lifetimeS) {
        this.stripes = new Stripe[Math.clamp(sessions / SESSIONS_PER_STRIPE, 1, MAX_STRIPES)];
        Arrays.setAll(stripes, i -> new Stripe());
        this.perStripe = Math.ceilDiv(sessions, stripes.length);
        this.lifetimeS = lifetimeS;
    }

    /** Takes ownership of the session, and of an ID that is random. */
    void put(byte[] id, ResumableSession session, long nowS) {
        Stripe stripe = stripe(id);
        synchronized (stripe) {
            stripe.put(ByteBuffer.wrap(id), session);
            Iterator<ResumableSession> oldest = stripe.values().iterator();
            int surplus = stripe.size() - perStripe;
            while (oldest.hasNext()) {
                ResumableSession next = oldest.next();
                if (surplus-- <= 0 && next.startS() + lifetimeS > nowS) {
                    break;
                }
                oldest.remove();
                next.destroy();
            }
        }
    }

    /** A copy of the session of this ID, which the caller destroys; null for none. */
    @Nullable
    ResumableSession copyOf(byte[] id) {
        Stripe stripe = stripe(id);
        synchronized (stripe) {
            ResumableSession session = stripe.get(ByteBuffer.wrap(id));
            return session == null ? null : session.copy();
        }
    }

    /** The number of sessions. */
    int size() {
        int size = 0;
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                size += stripe.size();
            }
        }
        return size;
    }

    private Stripe stripe(byte[] id) {
        return stripes[(id[0] & 0xff) % stripes.length];
    }
}
