package io.offramp.offload.device.driver.pool;

import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.index.IndexStack;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * TIS objects, kept for reuse when a connection closes: making one is a command, which is what limits the rate of new
 * connections. Lock-free, thread-safe.
 */
public final class TisPool {
    /** Result of {@link #take} when the device has no room. */
    public static final int NONE = ContextTable.NONE;

    /**
     * How many are kept.
     *
     * @param bulk how many are made or destroyed at a time
     * @param low while so few are idle, others are made
     * @param high number of idle ones from which some are destroyed
     */
    private record Marks(int bulk, int low, int high) {
        static final Marks POOL = new Marks(16, 1024, 4096);
        static final Marks NO_POOL = new Marks(1, -1, 1);
    }

    private final Marks marks;
    private final ContextTable table;
    private final IndexStack idle;
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicBoolean isRefilling = new AtomicBoolean();
    private final LongAdder created;
    private final LongAdder destroyed;

    /**
     * @param table what the device has
     * @param capacity how many it can have at most
     * @param isPool whether idle ones are kept; else each is destroyed when it is given back
     * @param created counts objects made
     * @param destroyed counts objects destroyed
     */
    public TisPool(ContextTable table, int capacity, boolean isPool, LongAdder created, LongAdder destroyed) {
        this.table = table;
        marks = isPool ? Marks.POOL : Marks.NO_POOL;
        this.created = created;
        this.destroyed = destroyed;
        idle = new IndexStack(new AtomicIntegerArray(capacity + 1));
    }

    /** A TIS that is not in use, or {@link #NONE}. */
    public int take() {
        int number = idle.pop();
        if (number == IndexStack.NONE) {
            number = create();
        }
        if (number != NONE) {
            inUse.incrementAndGet();
        }
        return number;
    }

    /**
     * Fills the pool up to its low mark, a bulk at a time, so that an install finds a TIS ready. Stops where the device
     * has no more than half of its room left, because others need contexts, too, or while the firmware is busy.
     *
     * @param later runs a task behind what its thread has to do now
     */
    public void refill(Executor later) {
        if (idle.size() <= marks.low && isRefilling.compareAndSet(false, true)) {
            later.execute(() -> makeBulk(later));
        }
    }

    private void makeBulk(Executor later) {
        boolean hasMade = true;
        for (int i = 0; i < marks.bulk && hasMade; i++) {
            int number = table.hasHalfLeft() && !table.isFirmwareBusy() ? create() : NONE;
            hasMade = number != NONE;
            if (hasMade) {
                idle.push(number);
            }
        }
        isRefilling.set(false);
        if (hasMade) {
            refill(later);
        }
    }

    /** Gives a TIS back. */
    public void giveBack(int number) {
        inUse.decrementAndGet();
        table.reset(number);
        idle.push(number);
        if (idle.size() >= marks.high) {
            trim(marks.bulk);
        }
    }

    /** Destroys up to that many idle ones, which makes room for other contexts; true if there was one. */
    public boolean trim(int count) {
        int done = 0;
        while (done < count) {
            int number = idle.pop();
            if (number == IndexStack.NONE) {
                break;
            }
            table.destroy(number);
            destroyed.increment();
            done++;
        }
        return done > 0;
    }

    /** How many are out. */
    public int inUse() {
        return inUse.get();
    }

    private int create() {
        int number = table.create(0);
        if (number != NONE) {
            created.increment();
        }
        return number;
    }
}
