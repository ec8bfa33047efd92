package io.offramp.offload.device.driver.pool;

import io.offramp.offload.device.hardware.key.DekTable;
import io.offramp.offload.device.index.IndexStack;
import io.offramp.offload.key.TrafficKeys;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * DEK objects, made in bulk and reused. A freed one is wiped at once, but takes a new key only after the device was
 * told to sync, which is done for many at a time. Lock-free, thread-safe.
 *
 * <pre>
 *            load                clear               sync
 *   free ------------> in use ----------> need sync ------> free
 * </pre>
 */
public final class DekPool {
    /** Result of {@link #allocate} when all are in use. */
    public static final int NONE = -1;

    private static final int BULK_KEYS = 4096;
    private static final int NO_BULK = 1;
    private static final int SYNC_THRESHOLD = 128;

    private final DekTable table;
    private final int bulk;
    private final IndexStack free;
    private final IndexStack needSync;
    private final AtomicInteger inUse = new AtomicInteger();

    /**
     * @param table what the device has
     * @param isPool whether objects are made in bulk and kept; else each is made for its key and destroyed with it
     */
    public DekPool(DekTable table, boolean isPool) {
        this.table = table;
        bulk = isPool ? BULK_KEYS : NO_BULK;
        AtomicIntegerArray links = new AtomicIntegerArray(table.capacity());
        free = new IndexStack(links);
        needSync = new IndexStack(links);
    }

    /**
     * Gives a key to the device.
     *
     * @param keys still the caller's
     * @return index of the object, or {@link #NONE}
     */
    public int allocate(TrafficKeys keys) {
        int index = take();
        if (index == IndexStack.NONE) {
            return NONE;
        }
        if (!table.load(index, keys.suite(), keys.dangerousKey())) {
            throw new IllegalStateException("device refuses a key for dek=" + index);
        }
        inUse.incrementAndGet();
        return index;
    }

    /** Takes the key from the device. */
    public void free(int index) {
        inUse.decrementAndGet();
        if (bulk == NO_BULK) {
            table.destroy(index);
            free.push(index);
            return;
        }
        table.clear(index);
        needSync.push(index);
        if (needSync.size() > SYNC_THRESHOLD) {
            sync();
        }
    }

    /** How many objects hold a key of ours. */
    public int inUse() {
        return inUse.get();
    }

    private int take() {
        int index = free.pop();
        if (index == IndexStack.NONE && createBulk()) {
            index = free.pop();
        }
        if (index == IndexStack.NONE) {
            sync();
            index = free.pop();
        }
        return index;
    }

    private boolean createBulk() {
        for (int keys = Math.min(bulk, table.capacity()); keys > 0; keys /= 2) {
            int first = table.createBulk(keys);
            if (first != DekTable.NONE) {
                for (int i = first + keys - 1; i >= first; i--) {
                    free.push(i);
                }
                return true;
            }
        }
        return false;
    }

    private void sync() {
        // Only what was freed before the command is free after it; what others free meanwhile waits for the next one.
        int waiting = needSync.size();
        int[] freed = new int[waiting];
        int count = 0;
        while (count < waiting) {
            int index = needSync.pop();
            if (index == IndexStack.NONE) {
                break;
            }
            freed[count++] = index;
        }
        table.sync();
        for (int i = 0; i < count; i++) {
            free.push(freed[i]);
        }
    }
}
