package io.offramp.offload.sw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.record.RecordHeader;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * The record that the last read cut off: at most one, in a buffer of exactly its size. Copied out of the read buffer,
 * so that a few bytes of an idle connection do not hold on to a large one.
 */
final class PartialRecord {
    private final ByteBufAllocator allocator;
    private final RecordFormat format;
    private @Nullable ByteBuf carry;

    PartialRecord(ByteBufAllocator allocator, RecordFormat format) {
        this.allocator = allocator;
        this.format = format;
    }

    int bytes() {
        return carry == null ? 0 : carry.readableBytes();
    }

    /**
     * Takes from {@code wire} what this record still misses, and no more.
     *
     * @return the record once it is whole, the caller's from then on; null if {@code wire} ended before
     * @throws io.offramp.offload.error.OffloadException if the header does not pass; what was held stays until
     *     {@link #release()}
     */
    @Nullable ByteBuf fill(ByteBuf wire) {
        ByteBuf record = carry == null ? allocate(wire) : carry;
        carry = record;
        move(wire, record, RecordFormat.HEADER_BYTES);
        if (record.readableBytes() < RecordFormat.HEADER_BYTES) {
            return null;
        }
        int recordBytes = RecordHeader.check(format, record, 0);
        if (record.capacity() < recordBytes) {
            record.capacity(recordBytes);
        }
        move(wire, record, recordBytes);
        return record.readableBytes() == recordBytes ? take() : null;
    }

    private ByteBuf allocate(ByteBuf wire) {
        boolean headerIsThere = wire.readableBytes() >= RecordFormat.HEADER_BYTES;
        return allocator.directBuffer(
                headerIsThere ? RecordHeader.check(format, wire, wire.readerIndex()) : RecordFormat.HEADER_BYTES);
    }

    private static void move(ByteBuf wire, ByteBuf record, int untilBytes) {
        int missingBytes = Math.max(0, untilBytes - record.readableBytes());
        record.writeBytes(wire, Math.min(missingBytes, wire.readableBytes()));
    }

    /** Gives away what is held, possibly nothing. */
    ByteBuf take() {
        ByteBuf taken = carry == null ? Unpooled.EMPTY_BUFFER : carry;
        carry = null;
        return taken;
    }

    void release() {
        take().release();
    }
}
