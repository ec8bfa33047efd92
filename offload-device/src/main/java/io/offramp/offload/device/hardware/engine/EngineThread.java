package io.offramp.offload.device.hardware.engine;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread of the device's own that works on the queues assigned to it. Looks for work for a moment before it sleeps;
 * a doorbell wakes it. Thread-safe.
 */
public final class EngineThread {
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
     * @param pace    how long its work takes at least
     */
    public EngineThread(ThreadFactory threads, Pace pace) {
        this.pace = pace;
        thread = threads.newThread(this::run);
        thread.start();
    }

    void add(QueueSet added) {
        queues.add(added);
        wake();
    }

    /** Returns when the thread does not look at these queues any more. */
    void remove(QueueSet removed) {
        synchronized (this) {
            queues.remove(removed);
        }
    }

    /** Doorbell. */
    void wake() {
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
                hasWorked |= set.work(pace);
            }
        }
        return hasWorked;
    }

    private void sleep() {
        isAsleep = true;
        // Whoever rang before the flag was up has not woken anybody.
        if (!workOnce() && isAsleep && !isClosed) {
            LockSupport.park(this);
        }
        isAsleep = false;
    }

    /** Ends the thread, and returns when it has ended. */
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
