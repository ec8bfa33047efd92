package io.offramp.offload.device.wire;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a TCP connection, as far as a record layer notices: which bytes go next, which go again.
 * Positions are bytes since the start of the stream. Confined to one thread.
 */
public final class TcpSender {
    private static final int WINDOW_PACKETS = 32;
    private static final int LARGE_SEND_PACKETS = 8;
    private static final int DUPLICATE_ACKS = 3;
    /** How far back of what was acknowledged a needless retransmission may reach. */
    public static final int HISTORY_BYTES = 1 << 15;

    /**
     * Bytes to send.
     *
     * @param position of the first byte
     * @param bytes more than the MSS for a large send
     */
    public record Range(long position, int bytes) {}

    private final IntSupplier mss;
    private final Chance chance;
    private final boolean sendsLarge;
    private final long start;
    private final Deque<Range> again = new ArrayDeque<>();
    private long unacknowledged;
    private long next;
    private long end;
    private int duplicates;

    /**
     * @param mss most payload of a packet now
     * @param start position of the first byte
     * @param sendsLarge whether a range may be many packets, for a device to cut
     */
    public TcpSender(IntSupplier mss, Chance chance, long start, boolean sendsLarge) {
        this.mss = mss;
        this.chance = chance;
        this.sendsLarge = sendsLarge;
        this.start = start;
        unacknowledged = start;
        next = start;
        end = start;
    }

    /** Adds bytes to be sent. */
    public void extend(int bytes) {
        end += bytes;
    }

    /** The range that goes now, or null while everything waits for acknowledgments. */
    public @Nullable Range poll() {
        Range due = again.poll();
        if (due != null) {
            return due;
        }
        long window = unacknowledged + (long) WINDOW_PACKETS * mss.getAsInt();
        if (next >= end || next >= window) {
            return null;
        }
        int most = (sendsLarge ? LARGE_SEND_PACKETS : 1) * mss.getAsInt();
        Range range = range(next, Math.min(end, window), most);
        next += range.bytes;
        if (chance.happens(Fault.RETRANSMIT)) {
            again.add(needless());
        }
        return range;
    }

    private Range range(long from, long to, int most) {
        int bytes = (int) Math.min(to - from, most);
        return new Range(from, chance.happens(Fault.RESEGMENT) ? 1 + chance.below(bytes) : bytes);
    }

    /** Any bytes that were sent before, acknowledged or not. */
    private Range needless() {
        long earliest = Math.max(start, unacknowledged - HISTORY_BYTES);
        long from = earliest + chance.below((int) (next - earliest));
        return new Range(from, 1 + chance.below((int) Math.min(mss.getAsInt(), next - from)));
    }

    /** Everything before this position has arrived. */
    public void onAck(long position) {
        if (position > unacknowledged) {
            unacknowledged = position;
            duplicates = 0;
        } else if (next > unacknowledged && ++duplicates == DUPLICATE_ACKS) {
            again.add(range(unacknowledged, next, mss.getAsInt()));
        }
    }

    /** Nothing is under way and not all has arrived: the first part goes again. */
    public void onTimeout() {
        duplicates = 0;
        if (unacknowledged < next) {
            again.add(range(unacknowledged, next, mss.getAsInt()));
        }
    }

    /** Everything before this position is acknowledged. */
    public long unacknowledged() {
        return unacknowledged;
    }
}
