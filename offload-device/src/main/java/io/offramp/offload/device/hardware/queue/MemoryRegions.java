package io.offramp.offload.device.hardware.queue;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The host memory that the device may reach, by key. The driver maps a buffer before it posts a segment that points
 * into it, and unmaps it after the completion. An address is an offset in the buffer, so that no WQE can make the
 * device touch anything else.
 */
public final class MemoryRegions {
    private static final int INITIAL_REGIONS = 64;

    // A key is known to the device from a WQE only, so what the doorbell publishes is enough; the array itself may be
    // replaced while the device looks at another key.
    private volatile @Nullable ByteBuf[] regions = new ByteBuf[INITIAL_REGIONS];
    private int[] free = new int[INITIAL_REGIONS];
    private int freeCount;

    /** With nothing mapped. */
    public MemoryRegions() {
        addFree(0);
    }

    /** Driver: lets the device reach a buffer, which stays the caller's. */
    public int map(ByteBuf buffer) {
        if (freeCount == 0) {
            grow();
        }
        int lkey = free[--freeCount];
        regions[lkey] = buffer;
        return lkey;
    }

    /** Driver: the device must no longer reach it. */
    public void unmap(int lkey) {
        regions[lkey] = null;
        free[freeCount++] = lkey;
    }

    /** How many buffers are mapped. */
    public int mapped() {
        return regions.length - freeCount;
    }

    /** Device: the buffer with this key if the range lies in it, else null. */
    public @Nullable ByteBuf resolve(int lkey, long address, int byteCount) {
        @Nullable ByteBuf[] now = regions;
        if (lkey < 0 || lkey >= now.length) {
            return null;
        }
        ByteBuf buffer = now[lkey];
        boolean isInside =
                buffer != null && address >= 0 && byteCount >= 0 && address <= buffer.capacity() - (long) byteCount;
        return isInside ? buffer : null;
    }

    private void grow() {
        int old = regions.length;
        regions = Arrays.copyOf(regions, old * 2);
        free = new int[old * 2];
        addFree(old);
    }

    private void addFree(int from) {
        for (int i = regions.length - 1; i >= from; i--) {
            free[freeCount++] = i;
        }
    }
}
