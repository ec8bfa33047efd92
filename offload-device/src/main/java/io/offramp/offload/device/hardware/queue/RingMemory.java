package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Memory of rings. Lives as long as its queue and is freed with it, so that nobody looks for leaks of it: to record
 * every access to a field of an entry would be most of what a test does.
 */
final class RingMemory {
    private static final UnpooledByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(true, true);

    private RingMemory() {}

    /** Memory of this many bytes, all zero. */
    static ByteBuf allocate(int bytes) {
        return UNTRACKED.directBuffer(bytes, bytes).setZero(0, bytes);
    }
}
