package io.offramp.proxy.handshake.ticket;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the key when a call comes after its time. A replaced key opens tickets for as long as they may live, and is
 * wiped a period later, when no handshake can hold it any more: sealing with a wiped key would be sealing with a known
 * one.
 */
final class RotatingTicketKeys implements TicketKeys {
    private final Duration period;
    private final InstantSource clock;
    private volatile Ring ring;

    private record Ring(
            TicketKey current,
            @Nullable TicketKey previous,
            @Nullable TicketKey dropped,
            Instant until) {}

    RotatingTicketKeys(Duration period, InstantSource clock) {
        this.period = period;
        this.clock = clock;
        this.ring = new Ring(TicketKey.random(), null, null, clock.instant().plus(period));
    }

    RotatingTicketKeys(Duration period, InstantSource clock, byte[] saved) {
        this.period = period;
        this.clock = clock;
        this.ring = restore(saved, clock.instant().plus(period));
    }

    /** A key of the process before lives no longer than one of ours. */
    private static Ring restore(byte[] saved, Instant latest) {
        int keys = (saved.length - Long.BYTES) / TicketKey.SAVED_BYTES;
        if (keys < 1 || keys > 2 || saved.length != Long.BYTES + keys * TicketKey.SAVED_BYTES) {
            throw new IllegalArgumentException(saved.length + " bytes are no ticket keys");
        }
        Instant until = Instant.ofEpochSecond(ByteBuffer.wrap(saved).getLong());
        return new Ring(
                TicketKey.restore(saved, Long.BYTES),
                keys == 1 ? null : TicketKey.restore(saved, Long.BYTES + TicketKey.SAVED_BYTES),
                null,
                until.isAfter(latest) ? latest : until);
    }

    /**
     *
     *
     * <pre>
     * end of the current key, in seconds since 1970: 8 | current key 80 | previous key 80, if there is one
     * </pre>
     */
    @Override
    public byte[] save() {
        Ring now = ring();
        List<TicketKey> keys = now.previous == null ? List.of(now.current) : List.of(now.current, now.previous);
        byte[] saved = new byte[Long.BYTES + keys.size() * TicketKey.SAVED_BYTES];
        ByteBuffer.wrap(saved).putLong(now.until.getEpochSecond());
        for (int i = 0; i < keys.size(); i++) {
            keys.get(i).save(saved, Long.BYTES + i * TicketKey.SAVED_BYTES);
        }
        return saved;
    }

    @Override
    public TicketKey current() {
        return ring().current;
    }

    @Override
    public List<TicketKey> all() {
        Ring now = ring();
        return now.previous == null ? List.of(now.current) : List.of(now.current, now.previous);
    }

    private Ring ring() {
        Ring known = ring;
        return clock.instant().isBefore(known.until) ? known : rotated();
    }

    private synchronized Ring rotated() {
        Instant now = clock.instant();
        Ring last = ring;
        if (!now.isBefore(last.until)) { // no other thread was first
            destroy(last.dropped);
            if (now.isBefore(last.until.plus(period))) {
                ring = new Ring(TicketKey.random(), last.current, last.previous, now.plus(period));
            } else { // no call for more than a period, or the clock was set: a handshake may hold the current key
                destroy(last.previous);
                ring = new Ring(TicketKey.random(), null, last.current, now.plus(period));
            }
        }
        return ring;
    }

    private static void destroy(@Nullable TicketKey key) {
        if (key != null) {
            key.destroy();
        }
    }
}
