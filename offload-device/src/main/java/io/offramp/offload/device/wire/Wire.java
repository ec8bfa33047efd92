package io.offramp.offload.device.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carries packets one way, one a tick, and treats them as its faults have it. Confined to one thread. */
public final class Wire {
    private static final int MOST_TICKS_LATE = 8;

    /**
     * A packet under way.
     *
     * @param header all headers; the receiver's
     * @param payload the receiver's to release
     */
    public record Packet(ByteBuf header, ByteBuf payload) {}

    /** Sees every packet that is sent, whatever becomes of it. */
    @FunctionalInterface
    public interface Tap {
        /** A packet as it is sent; nothing of it may be kept. */
        void onPacket(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes);
    }

    private record UnderWay(long arrival, Packet packet) {}

    private final Chance chance;
    private final ByteBufAllocator allocator;
    private final Tap tap;
    private final List<UnderWay> underWay = new ArrayList<>();
    private long now;

    /** Without a tap. */
    public Wire(Chance chance, ByteBufAllocator allocator) {
        this(chance, allocator, (header, headerBytes, payload, index, bytes) -> {});
    }

    /**
     * A wire on which nothing is under way.
     *
     * @param allocator for the payload of packets
     * @param tap sees what is sent
     */
    public Wire(Chance chance, ByteBufAllocator allocator, Tap tap) {
        this.chance = chance;
        this.allocator = allocator;
        this.tap = tap;
    }

    /** Takes a packet; header and payload are copied. */
    public void send(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        now++;
        tap.onPacket(header, headerBytes, payload, index, bytes);
        if (chance.happens(Fault.LOSS)) {
            return;
        }
        put(header, headerBytes, payload, index, bytes);
        if (chance.happens(Fault.DUPLICATE)) {
            put(header, headerBytes, payload, index, bytes);
        }
    }

    private void put(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        ByteBuf copy = allocator.directBuffer(bytes, bytes).writeBytes(payload, index, bytes);
        if (bytes > 0 && chance.happens(Fault.CORRUPT)) {
            int at = chance.below(bytes);
            copy.setByte(at, copy.getByte(at) ^ 1 << chance.below(Byte.SIZE));
        }
        int late = chance.happens(Fault.REORDER) ? 1 + chance.below(MOST_TICKS_LATE) : 0;
        underWay.add(new UnderWay(now + late, new Packet(header.copy(0, headerBytes), copy)));
    }

    /** The packet that arrives next, or null if none is under way. */
    public @Nullable Packet next() {
        if (underWay.isEmpty()) {
            return null;
        }
        int first = 0;
        for (int i = 1; i < underWay.size(); i++) {
            if (underWay.get(i).arrival < underWay.get(first).arrival) {
                first = i;
            }
        }
        UnderWay arrived = underWay.remove(first);
        now = Math.max(now, arrived.arrival);
        return arrived.packet;
    }

    /** How many packets are under way. */
    public int packets() {
        return underWay.size();
    }

    /** Drops what is under way. */
    public void close() {
        for (Packet packet = next(); packet != null; packet = next()) {
            packet.header().release();
            packet.payload().release();
        }
    }
}
