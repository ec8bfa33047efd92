package io.offramp.proxy.http.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Bytes of a line whose end is not there yet, between two reads: the only bytes of a stream that are ever copied. */
public final class Leftover {
    private static final int FIRST_BYTES = 512;

    private @Nullable ByteBuf held;
    private boolean ours;

    /** What was kept and what came in behind it, as one buffer, which is the caller's. */
    public ByteBuf join(ByteBufAllocator allocator, ByteBuf in) {
        ByteBuf front = held;
        if (front == null) {
            ours = false;
            return in;
        }
        held = null;
        if (!ours) {
            int bytes = front.readableBytes();
            ByteBuf own = allocator.directBuffer(Math.max(FIRST_BYTES, bytes + in.readableBytes())).writeBytes(front);
            front.release();
            front = own;
            ours = true;
        }
        front.writeBytes(in);
        in.release();
        return front;
    }

    /** Keeps what is readable; the buffer moves here. */
    public void keep(ByteBuf rest) {
        // Slices of it may still be on their way: then it may be read, but neither moved nor appended to.
        ours &= rest.refCnt() == 1;
        held = ours ? rest.discardReadBytes() : rest;
    }

    /** Releases what was kept. */
    public void release() {
        ByteBuf front = held;
        if (front != null) {
            held = null;
            front.release();
        }
    }
}
