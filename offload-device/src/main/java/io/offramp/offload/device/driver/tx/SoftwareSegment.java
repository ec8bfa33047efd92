package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts a packet on the host that a device would have encrypted, byte for byte (kernel tls-offload,
 * {@code tls_sw_fallback}): each record that it touches is made as a whole, and the packet's part of it is taken.
 */
final class SoftwareSegment {
    private final RecordList records;
    private final RecordSealer sealer;
    private final ByteBufAllocator allocator;

    /** @param sealer for the records of the list; borrowed */
    SoftwareSegment(RecordList records, RecordSealer sealer, ByteBufAllocator allocator) {
        this.records = records;
        this.sealer = sealer;
        this.allocator = allocator;
    }

    /**
     * The packet's payload encrypted, the caller's; or null if it must be dropped, since a part of it belongs to no
     * record that is known.
     *
     * @param sequence TCP sequence of its first byte
     * @param bytes at least 1
     */
    @Nullable
    ByteBuf encrypt(int sequence, int bytes) {
        ByteBuf packet = allocator.directBuffer(bytes, bytes);
        for (int done = 0; done < bytes; ) {
            SentRecord record = records.find(sequence + done);
            if (record == null || record.isStartMarker()) {
                packet.release();
                return null;
            }
            int offset = sequence + done - record.startSequence();
            int part = Math.min(bytes - done, record.frame().readableBytes() - offset);
            appendPart(record, offset, part, packet);
            done += part;
        }
        return packet;
    }

    private void appendPart(SentRecord record, int offset, int bytes, ByteBuf packet) {
        ByteBuf frame = record.frame();
        RecordFormat format = sealer.format();
        int content = frame.readableBytes() - format.overheadBytes();
        ByteBuf sealed = allocator.directBuffer(frame.readableBytes(), frame.readableBytes());
        try {
            sealer.reseal(
                    record.number(),
                    record.type(),
                    frame,
                    frame.readerIndex() + format.prefixBytes(),
                    content,
                    sealed,
                    0);
            packet.writeBytes(sealed, offset, bytes);
        } finally {
            sealed.release();
        }
    }
}
