package io.offramp.offload.aead.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * The record that the last read of a connection cut off: at most one, in a buffer of exactly its size. Copied out of
 * the read buffer, so that a few bytes of an idle connection do not hold on to a large one. Confined to one thread at a
 * time.
 */
public final class PartialRecord {
    private final ByteBufAllocator allocator;
    private final RecordFormat format;
    private @Nullable ByteBuf held;

    /**
     * Holds nothing yet.
     *
     * @param allocator gives the direct buffers that records are completed in
     * @param format of all records to come
     */
    public PartialRecord(ByteBufAllocator allocator, RecordFormat format) {
        this.allocator = allocator;
        this.format = format;
    }

    /** Bytes held. */
    public int bytes() {
        return held == null ? 0 : held.readableBytes();
    }

    /**
     * Takes the missing bytes of this record from {@code wire}, and no more.
     *
     * @param wire its reader index moves; still the caller's
     * @return the record once it is whole, the caller's from then on; null if {@code wire} ended before
     * @throws io.offramp.offload.error.OffloadException if the header does not pass {@link RecordHeader#check}; what
     *     was held stays until {@link #take()}
     */
    public @Nullable ByteBuf fill(ByteBuf wire) {
        ByteBuf record = held == null ? allocate(wire) : held;
        held = record;
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

    /** Gives the held bytes, possibly none, to the caller, which then owns them. */
    public ByteBuf take() {
        ByteBuf taken = held == null ? Unpooled.EMPTY_BUFFER : held;
        held = null;
        return taken;
    }
}
