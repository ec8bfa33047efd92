package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.MemoryRegions;

/** Reads the payload of a WQE: its data segments as one run of bytes. Reused from WQE to WQE. */
final class Payload {
    private final MemoryRegions regions;
    private ByteBuf wqe;
    private int next;
    private int end;
    private ByteBuf segment;
    private int index;
    private int left;
    private boolean isBroken;

    Payload(MemoryRegions regions, ByteBuf ring) {
        this.regions = regions;
        wqe = ring;
        segment = ring;
    }

    /** Starts with the segments from {@code from} to {@code to} in a ring. */
    void start(ByteBuf ring, int from, int to) {
        wqe = ring;
        next = from;
        end = to;
        left = 0;
        isBroken = false;
    }

    /** True once a segment was found to point outside of its region or of the WQE. */
    boolean isBroken() {
        return isBroken;
    }

    /** True where a byte is left. */
    boolean hasMore() {
        while (left == 0 && next < end && !isBroken) {
            load();
        }
        return left > 0;
    }

    /** True where that many bytes lie in one piece at {@link #segment()}, {@link #index()}. */
    boolean isContiguous(int bytes) {
        return hasMore() && left >= bytes;
    }

    /** How many bytes lie at {@link #index()} in one piece. */
    int left() {
        return left;
    }

    ByteBuf segment() {
        return segment;
    }

    int index() {
        return index;
    }

    /** Goes past bytes without reading them; false if there are not that many. */
    boolean skip(int bytes) {
        int rest = bytes;
        while (rest > 0 && hasMore()) {
            int step = Math.min(rest, left);
            index += step;
            left -= step;
            rest -= step;
        }
        return rest == 0;
    }

    /** Gathers bytes; false if there are not that many. */
    boolean copyTo(ByteBuf out, int outIndex, int bytes) {
        int at = outIndex;
        int rest = bytes;
        while (rest > 0 && hasMore()) {
            int step = Math.min(rest, left);
            out.setBytes(at, segment, index, step);
            at += step;
            index += step;
            left -= step;
            rest -= step;
        }
        return rest == 0;
    }

    /** The next byte, 0 to 255; negative if there is none. */
    int readByte() {
        if (!hasMore()) {
            return -1;
        }
        left--;
        return segment.getUnsignedByte(index++);
    }

    private void load() {
        int at = next;
        int byteCount = DataSegment.byteCount(wqe, at);
        if (DataSegment.isInline(wqe, at)) {
            next = at + DataSegment.inlineSegmentBytes(byteCount);
            use(wqe, at + DataSegment.INLINE_BYTES, byteCount);
            isBroken |= next > end;
        } else {
            next = at + DataSegment.BYTES;
            long address = DataSegment.address(wqe, at);
            ByteBuf region = regions.resolve(DataSegment.lkey(wqe, at), address, byteCount);
            isBroken |= region == null;
            if (region != null) {
                use(region, (int) address, byteCount);
            }
        }
        if (isBroken) {
            left = 0;
        }
    }

    private void use(ByteBuf buffer, int from, int bytes) {
        segment = buffer;
        index = from;
        left = bytes;
    }
}
