package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.record.RecordHeader;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/** The record at the end of a read whose rest has not come in yet, copied out of the read's buffer: at most one. */
final class PartialRecord {
    private final ByteBufAllocator allocator;
    private final RecordFormat format;
    private @Nullable ByteBuf held;

    PartialRecord(ByteBufAllocator allocator, RecordFormat format) {
        this.allocator = allocator;
        this.format = format;
    }

    /** Bytes held. */
    int bytes() {
        return held == null ? 0 : held.readableBytes();
    }

    /**
     * Takes from {@code wire} what the record still misses and no more.
     *
     * @return the record once it is whole, the caller's from then on; null before
     * @throws io.offramp.offload.error.OffloadException if its header does not pass
     */
    @Nullable ByteBuf fill(ByteBuf wire) {
        ByteBuf record = held;
        if (record == null) {
            record = allocator.directBuffer(RecordFormat.HEADER_BYTES);
            held = record;
        }
        takeUpTo(RecordFormat.HEADER_BYTES, record, wire);
        if (record.readableBytes() < RecordFormat.HEADER_BYTES) {
            return null;
        }
        int recordBytes = RecordHeader.check(format, record, 0);
        record.ensureWritable(recordBytes - record.readableBytes());
        takeUpTo(recordBytes, record, wire);
        if (record.readableBytes() < recordBytes) {
            return null;
        }
        held = null;
        return record;
    }

    private static void takeUpTo(int bytes, ByteBuf record, ByteBuf wire) {
        int missing = bytes - record.readableBytes();
        if (missing > 0) {
            record.writeBytes(wire, Math.min(missing, wire.readableBytes()));
        }
    }

    /** Gives away what is held, possibly nothing. */
    ByteBuf take() {
        ByteBuf taken = held == null ? Unpooled.EMPTY_BUFFER : held;
        held = null;
        return taken;
    }
}
