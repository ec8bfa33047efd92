package io.offramp.proxy.budget;

import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that clients may take together. The heap part is counted here: heads, handshakes under way, connections.
 * The direct part, bodies and records, is counted by the buffers' allocator; what compressors take is added to it.
 * Above {@value #HIGH_PERCENT} % of either, {@link #isShedding()} holds until both are below {@value #LOW_PERCENT} %.
 * Thread-safe.
 */
public final class MemoryBudget {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryBudget.class);

    private static final int HIGH_PERCENT = 80;
    private static final int LOW_PERCENT = 70;

    /** A failed allocation is better evidence than the counter, which does not see gaps between buffers. */
    private static final long FAILED_NS = TimeUnit.SECONDS.toNanos(1);

    /** Least time between two log lines, however often the state changes. */
    private static final long LINES_NS = TimeUnit.SECONDS.toNanos(10);

    private final long heapBytes;
    private final long directBytes;
    private final LongSupplier connectionBytes;
    private final LongSupplier usedDirectBytes;
    private final LongSupplier bufferFailures;
    private final LongSupplier clockNs;
    private final ShedEvents events;
    private final AtomicLong leasedBytes = new AtomicLong();
    private final AtomicLong nativeBytes = new AtomicLong();
    private final Map<EventExecutor, LoopLease> leases = new ConcurrentHashMap<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.NORMAL);
    private final AtomicLong saidNs;
    /** At the last look. */
    private long failures;

    private long failedNs;

    private enum State {
        NORMAL,
        SHEDDING
    }

    /**
     * A budget of which nothing is taken yet.
     *
     * @param heapBytes most heap, at least 1
     * @param directBytes most direct memory, at least 1
     * @param connectionBytes heap that connections take for being open; any thread, cheap
     * @param usedDirectBytes direct memory in use; called by {@link #look()} only
     * @param bufferFailures failed allocations so far; called by {@link #look()} only
     * @param clockNs as {@link System#nanoTime()}
     * @param events counts shed work
     */
    public MemoryBudget(
            long heapBytes,
            long directBytes,
            LongSupplier connectionBytes,
            LongSupplier usedDirectBytes,
            LongSupplier bufferFailures,
            LongSupplier clockNs,
            ShedEvents events) {
        this.heapBytes = heapBytes;
        this.directBytes = directBytes;
        this.connectionBytes = connectionBytes;
        this.usedDirectBytes = usedDirectBytes;
        this.bufferFailures = bufferFailures;
        this.clockNs = clockNs;
        this.events = events;
        this.failures = bufferFailures.getAsLong();
        this.failedNs = clockNs.getAsLong() - FAILED_NS;
        this.saidNs = new AtomicLong(clockNs.getAsLong() - LINES_NS);
    }

    /** A budget without limits. */
    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE, Long.MAX_VALUE, () -> 0, () -> 0, () -> 0, System::nanoTime, _ -> {});
    }

    /** The lease for the connections of an event loop. */
    public LoopLease on(EventExecutor loop) {
        LoopLease known = leases.get(loop);
        return known != null ? known : leases.computeIfAbsent(loop, _ -> new LoopLease(this));
    }

    /** True while work has to be shed. One volatile read. */
    public boolean isShedding() {
        return state.get() == State.SHEDDING;
    }

    /** Work was shed. */
    public void onShed(Shed what) {
        events.onShed(what);
    }

    /**
     * Takes native memory, of a compressor, out of the direct part.
     *
     * @param most bytes that all compressors may take together
     * @return false if it would be more, or memory is short: nothing is taken then
     */
    public boolean takeNative(long bytes, long most) {
        if (nativeBytes.addAndGet(bytes) <= most && !isShedding()) {
            return true;
        }
        nativeBytes.addAndGet(-bytes);
        return false;
    }

    /** Gives native memory back. */
    public void giveNative(long bytes) {
        nativeBytes.addAndGet(-bytes);
    }

    /** Native memory that is taken now. */
    public long nativeBytes() {
        return nativeBytes.get();
    }

    /** Direct memory that clients may hold. */
    public long directBytes() {
        return directBytes;
    }

    /** Heap that clients hold now. */
    public long heldBytes() {
        long held = connectionBytes.getAsLong();
        for (LoopLease lease : leases.values()) {
            held += lease.heldBytes();
        }
        return held;
    }

    /** Heap that clients may hold. */
    public long heapBytes() {
        return heapBytes;
    }

    /**
     * Checks whether memory is short, including the direct memory, which is not counted here. Called a few times a
     * second, by one thread.
     */
    public void look() {
        for (long failed = bufferFailures.getAsLong(); failures < failed; failures++) {
            failedNs = clockNs.getAsLong();
            events.onShed(Shed.BUFFER);
            enter("no direct memory for a buffer");
        }
        long heap = takenBytes();
        long direct = usedDirectBytes.getAsLong() + nativeBytes.get();
        if (isAbove(heap, heapBytes, HIGH_PERCENT) || isAbove(direct, directBytes, HIGH_PERCENT)) {
            enter("clients hold " + (heap >> 20) + " of " + (heapBytes >> 20) + " MiB of heap and "
                    + (direct >> 20) + " of "
                    + (directBytes >> 20) + " MiB of direct memory");
        } else if (!isAbove(heap, heapBytes, LOW_PERCENT)
                && !isAbove(direct, directBytes, LOW_PERCENT)
                && clockNs.getAsLong() - failedNs >= FAILED_NS
                && state.compareAndSet(State.SHEDDING, State.NORMAL)) {
            LOG.debug("memory: enough again");
        }
    }

    /** @param bytes to lease; negative to return */
    void lease(long bytes) {
        leasedBytes.addAndGet(bytes);
        if (bytes > 0 && isAbove(takenBytes(), heapBytes, HIGH_PERCENT)) {
            enter("clients hold " + (takenBytes() >> 20) + " of " + (heapBytes >> 20) + " MiB of heap");
        }
    }

    /** Heap that event loops have leased: at least as much as they hold. */
    long leasedBytes() {
        return leasedBytes.get();
    }

    private long takenBytes() {
        return leasedBytes.get() + connectionBytes.getAsLong();
    }

    private static boolean isAbove(long bytes, long limit, int percent) {
        return bytes > limit / 100 * percent;
    }

    private void enter(String why) {
        if (!state.compareAndSet(State.NORMAL, State.SHEDDING)) {
            return;
        }
        long now = clockNs.getAsLong();
        long last = saidNs.get();
        if (now - last >= LINES_NS && saidNs.compareAndSet(last, now)) {
            LOG.warn("memory: {}: idle connections are closed, new ones refused, requests answered with 503", why);
        }
    }
}
