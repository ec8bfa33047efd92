package io.offramp.proxy.upstream;

import java.util.LinkedHashSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Requests that wait for a server of an upstream, first come first served, over all event loops and configurations.
 * Thread-safe. Its lock is taken only while requests wait.
 */
public final class RequestQueue {
    private final UpstreamEvents events;
    private final AtomicInteger length = new AtomicInteger();
    private final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>();
    private final AtomicInteger called = new AtomicInteger();
    private volatile boolean awaited;

    /** A request that waits until a server may have one more. */
    public interface Waiter {
        /** It is its turn: it is in the queue no more, and calls {@link #onTurnTaken} soon. On any thread. */
        void onTurn();
    }

    /** Why a request waits no more. */
    public enum Refused {
        /** Too many wait. */
        FULL,
        /** It has waited for too long. */
        LATE
    }

    RequestQueue(UpstreamEvents events) {
        this.events = events;
    }

    /** Requests that wait now. */
    public int length() {
        return length.get();
    }

    /** Takes a place, until {@link #leave}; false if as many wait as may. */
    public boolean enter(int size) {
        if (length.incrementAndGet() > size) {
            length.decrementAndGet();
            events.onQueueRefused(Refused.FULL);
            return false;
        }
        events.onQueued(1);
        return true;
    }

    /** A place is free. */
    public void leave() {
        length.decrementAndGet();
        events.onQueued(-1);
    }

    /** A request has waited for too long; it leaves on its own. */
    public void onLate() {
        events.onQueueRefused(Refused.LATE);
    }

    /** Waits for a turn; false if as many wait as may. */
    boolean await(Waiter last, int size) {
        if (!enter(size)) {
            return false;
        }
        synchronized (waiters) {
            waiters.addLast(last);
            awaited = true;
        }
        return true;
    }

    /** Waits again, in front of all others: another request had taken the room. */
    void awaitAgain(Waiter first) {
        length.incrementAndGet();
        events.onQueued(1);
        synchronized (waiters) {
            waiters.addFirst(first);
            awaited = true;
        }
    }

    /** It waits no more; false if it had its turn before. */
    public boolean forget(Waiter waiter) {
        synchronized (waiters) {
            if (!waiters.remove(waiter)) {
                return false;
            }
            awaited = !waiters.isEmpty();
        }
        leave();
        return true;
    }

    /** True if a request waits for its turn. */
    boolean isAwaited() {
        return awaited;
    }

    /** True if a newcomer has to wait behind others: those who wait, and those who have yet to take their turn. */
    boolean isInUse() {
        return awaited || called.get() > 0;
    }

    /** The turn of a request has come to its event loop: it is about to look for a server, or has left. */
    public void onTurnTaken() {
        called.decrementAndGet();
    }

    /** A server may have one more request: that of the first who waits. */
    public void onRoom() {
        Waiter first;
        synchronized (waiters) {
            first = waiters.isEmpty() ? null : waiters.removeFirst();
            called.addAndGet(first == null ? 0 : 1);
            awaited = !waiters.isEmpty();
        }
        if (first != null) {
            leave();
            first.onTurn();
        }
    }
}
