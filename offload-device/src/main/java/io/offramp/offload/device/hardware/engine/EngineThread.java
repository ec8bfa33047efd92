package io.offramp.offload.device.hardware.engine;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread of the device's own that works on the queues assigned to it. Looks for work for a moment before it sleeps; a
 * doorbell wakes it. Nothing that goes wrong with one set of queues ends it. Thread-safe.
 */
public final class EngineThread implements Engine {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(EngineThread.class);
    private static final int SPINS = 200;

    private final List<QueueSet> queues = new CopyOnWriteArrayList<>();
    private final Pace pace;
    private final Thread thread;
    private volatile boolean isAsleep;
    private volatile boolean isClosed;

    /**
     * Starts the thread.
     *
     * @param threads makes it
     * @param pace how long its work takes at least
     */
    public EngineThread(ThreadFactory threads, Pace pace) {
        this.pace = pace;
        thread = threads.newThread(this::run);
        thread.start();
    }

    @Override
    public void add(QueueSet added) {
        queues.add(added);
        wake();
    }

    @Override
    public void remove(QueueSet removed) {
        synchronized (this) {
            queues.remove(removed);
        }
    }

    @Override
    public void wake() {
        // The doorbell first, then the look: else both sides could miss each other.
        VarHandle.fullFence();
        if (isAsleep) {
            isAsleep = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        int idle = 0;
        while (!isClosed) {
            if (workOnce()) {
                idle = 0;
            } else if (idle++ < SPINS) {
                Thread.onSpinWait();
            } else {
                sleep();
                idle = 0;
            }
        }
    }

    private boolean workOnce() {
        boolean hasWorked = false;
        // Held against removal only: a set of queues is freed by its driver's thread.
        synchronized (this) {
            for (QueueSet set : queues) {
                hasWorked |= work(set);
            }
        }
        return hasWorked;
    }

    private boolean work(QueueSet set) {
        try {
            return set.work(pace);
        } catch (Throwable e) {
            // The others have nothing to do with it, and it may be well again.
            LOG.error("queues {} failed", set.number(), e);
            return false;
        }
    }

    /** Until a set of queues has an interrupt to raise; 0 where only a doorbell brings work. */
    private long nsToNextInterrupt() {
        long least = Long.MAX_VALUE;
        for (QueueSet set : queues) {
            least = Math.min(least, set.nsToInterrupt());
        }
        return least == Long.MAX_VALUE ? 0 : Math.max(1, least);
    }

    private void sleep() {
        isAsleep = true;
        // A ring before the flag was up has woken no thread.
        if (!workOnce() && isAsleep && !isClosed) {
            long ns = nsToNextInterrupt();
            if (ns == 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, ns);
            }
        }
        isAsleep = false;
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
