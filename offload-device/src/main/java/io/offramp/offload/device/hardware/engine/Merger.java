package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.Merging;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import org.jspecify.annotations.Nullable;

/**
 * LRO: packets of one flow that come one behind the other have one completion. Merged are whole ones with nothing but
 * ACK and PSH, in order, of one RQ, with timestamps and acknowledgments that do not go back, that the device has
 * decrypted all, or not at all: a host could not tell the parts of a record apart otherwise. PSH ends a merge, and so
 * do its size ({@value #MOST_SEGMENTS} packets, half of the entries, too), its time, and every packet that does not
 * fit. The payload stays in the entries that it came to. Simpler than a real one, which merges several flows at a time.
 * Confined to the thread that works on the channel's queues; {@link #merge} is for any.
 */
final class Merger {
    private static final int MOST_SEGMENTS = 32;
    private static final int MERGED_FLAGS = PacketHeader.ACK | PacketHeader.PSH;

    private volatile Merging merging = Merging.NONE;
    private @Nullable ReceiveQueue queue;
    private FlowKey flow = new FlowKey();
    private TlsOffload tls = TlsOffload.NOT_DECRYPTED;
    private int entry;
    private int segments;
    private int bytes;
    private int nextSequence;
    private int acknowledgment;
    private int timestamp;
    private long openedNs;

    /** How packets are merged from here on. Called from any thread; what is held is reported in its time. */
    void merge(Merging newMerging) {
        merging = newMerging;
    }

    /** True where a packet is held. */
    boolean isOpen() {
        return queue != null;
    }

    /**
     * A packet is in host memory: reports it, with or without others, or holds it.
     *
     * @param header a valid one, unless it is not intact
     * @param of the packet's flow; not kept
     * @param newEntry that it came to
     */
    void onPacket(
            ReceiveQueue target,
            ByteBuf header,
            FlowKey of,
            int newEntry,
            int payloadBytes,
            boolean isIntact,
            TlsOffload result) {
        target.onPacket(payloadBytes);
        boolean isFit = merging.isOn() && isIntact && isFit(header, payloadBytes, result);
        if (!isFit) {
            close();
            target.complete(newEntry, 1, payloadBytes, isIntact, result);
            return;
        }
        if (queue != null && !follows(target, header, of, payloadBytes, result)) {
            close();
        }
        if (queue == null) {
            queue = target;
            flow = new FlowKey().read(header, 0);
            tls = result;
            entry = newEntry;
            segments = 0;
            bytes = 0;
            openedNs = System.nanoTime();
        }
        segments++;
        bytes += payloadBytes;
        nextSequence = PacketHeader.tcpSequence(header, 0) + payloadBytes;
        acknowledgment = PacketHeader.acknowledgment(header, 0);
        timestamp = PacketHeader.timestamp(header, 0);
        if ((PacketHeader.flags(header, 0) & PacketHeader.PSH) != 0 || segments == MOST_SEGMENTS) {
            close();
        }
    }

    private boolean isFit(ByteBuf header, int payloadBytes, TlsOffload result) {
        return payloadBytes > 0
                && payloadBytes <= merging.mostBytes()
                && (result == TlsOffload.DECRYPTED || result == TlsOffload.NOT_DECRYPTED)
                && (PacketHeader.flags(header, 0) & ~MERGED_FLAGS) == 0;
    }

    private boolean follows(ReceiveQueue target, ByteBuf header, FlowKey of, int payloadBytes, TlsOffload result) {
        return queue == target
                && tls == result
                && bytes + payloadBytes <= merging.mostBytes()
                && PacketHeader.tcpSequence(header, 0) == nextSequence
                && PacketHeader.acknowledgment(header, 0) - acknowledgment >= 0
                && PacketHeader.timestamp(header, 0) - timestamp >= 0
                && flow.equals(of);
    }

    /** Reports what is held. */
    void close() {
        ReceiveQueue of = queue;
        if (of != null) {
            queue = null;
            of.complete(entry, segments, bytes, true, tls);
        }
    }

    /** Reports what has been held for its time; true if there was something. */
    boolean closeIfDue(long nowNs) {
        boolean isDue = queue != null && nowNs - openedNs >= merging.timeoutNs();
        if (isDue) {
            close();
        }
        return isDue;
    }

    /** Until a packet has been held for its time, in ns; {@link Long#MAX_VALUE} where none is. */
    long nsToDue(long nowNs) {
        return queue == null ? Long.MAX_VALUE : Math.max(0, openedNs + merging.timeoutNs() - nowNs);
    }
}
