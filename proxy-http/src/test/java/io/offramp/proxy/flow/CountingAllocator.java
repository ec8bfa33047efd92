package io.offramp.proxy.flow;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/** Buffers on the heap, cheap, and every byte of them counted. */
final class CountingAllocator extends AbstractByteBufAllocator {
    private long used;

    /** Bytes that nobody has released. */
    long used() {
        return used;
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new Counted(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return new Counted(initialCapacity, maxCapacity);
    }

    private final class Counted extends UnpooledHeapByteBuf {
        Counted(int initialCapacity, int maxCapacity) {
            super(CountingAllocator.this, initialCapacity, maxCapacity);
        }

        @Override
        protected byte[] allocateArray(int capacity) {
            used += capacity;
            return super.allocateArray(capacity);
        }

        @Override
        protected void freeArray(byte[] array) {
            used -= array.length;
            super.freeArray(array);
        }
    }
}
