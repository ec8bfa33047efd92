package io.offramp.proxy.handshake.ticket;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** A session with its ID: {@code length 1, id | length 4, session}. */
    private record Saved(ByteBuffer id, long startS, byte[] session) {
        int bytes() {
            return 1 + id.remaining() + Integer.BYTES + session.length;
        }

        void putTo(ByteBuffer out) {
            out.put((byte) id.remaining())
                    .put(id.duplicate())
                    .putInt(session.length)
                    .put(session);
        }
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

    /** Copies of the newest sessions, oldest first, as many as fit; the caller wipes them. */
    byte[] save(int maxBytes, long nowS) {
        List<Saved> all = new ArrayList<>();
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                stripe.forEach((id, session) -> all.add(new Saved(id, session.startS(), session.encode())));
            }
        }
        all.sort(Comparator.comparingLong(Saved::startS));
        int first = all.size();
        int bytes = 0;
        while (first > 0
                && all.get(first - 1).startS() + lifetimeS > nowS
                && bytes + all.get(first - 1).bytes() <= maxBytes) {
            bytes += all.get(--first).bytes();
        }
        ByteBuffer out = ByteBuffer.allocate(bytes);
        all.subList(first, all.size()).forEach(each -> each.putTo(out));
        all.forEach(each -> Arrays.fill(each.session(), (byte) 0));
        return out.array();
    }

    /**
     * Puts saved sessions, oldest first.
     *
     * @throws IllegalArgumentException if these are none; those before the fault are kept
     */
    void restore(byte[] saved, long nowS) {
        ByteBuffer in = ByteBuffer.wrap(saved);
        try {
            while (in.hasRemaining()) {
                byte[] id = new byte[in.get() & 0xff];
                in.get(id);
                byte[] encoded = new byte[Math.min(in.getInt() & Integer.MAX_VALUE, in.remaining() + 1)];
                in.get(encoded);
                ResumableSession session = ResumableSession.decode(encoded);
                Arrays.fill(encoded, (byte) 0);
                if (session == null || id.length == 0) {
                    throw new IllegalArgumentException("a saved session cannot be read");
                }
                put(id, session, nowS);
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("saved sessions are cut off", e);
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
