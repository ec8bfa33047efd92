package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Packets on their way from the driver's thread to an engine's: one producer, one consumer, no lock. */
final class PacketRing {
    /** One packet. */
    static final class Slot {
        private final ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES, PacketHeader.MAX_BYTES);
        private int headerBytes;
        private ByteBuf wire = Unpooled.EMPTY_BUFFER;
        private int index;
        private int bytes;

        ByteBuf header() {
            return header;
        }

        int headerBytes() {
            return headerBytes;
        }

        ByteBuf wire() {
            return wire;
        }

        int index() {
            return index;
        }

        int bytes() {
            return bytes;
        }
    }

    private final Slot[] slots;
    private final AtomicInteger producer = new AtomicInteger();
    private final AtomicInteger consumer = new AtomicInteger();

    /** @param entries a power of two */
    PacketRing(int entries) {
        slots = new Slot[entries];
        for (int i = 0; i < entries; i++) {
            slots[i] = new Slot();
        }
    }

    /** Driver's thread: false if there is no room. The header is copied, the payload stays the caller's. */
    boolean offer(ByteBuf header, int headerBytes, ByteBuf wire, int index, int bytes) {
        int at = producer.get();
        if (at - consumer.get() == slots.length) {
            return false;
        }
        Slot slot = slots[at & slots.length - 1];
        slot.header.setBytes(0, header, 0, headerBytes);
        slot.headerBytes = headerBytes;
        slot.wire = wire;
        slot.index = index;
        slot.bytes = bytes;
        producer.set(at + 1);
        return true;
    }

    /** Engine's thread: the next packet, which stays in the ring until {@link #release}; null if there is none. */
    @Nullable
    Slot poll() {
        int at = consumer.get();
        return at == producer.get() ? null : slots[at & slots.length - 1];
    }

    /** Engine's thread: the packet is done. */
    void release() {
        int at = consumer.get();
        slots[at & slots.length - 1].wire = Unpooled.EMPTY_BUFFER;
        consumer.set(at + 1);
    }
}
