package io.offramp.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for a server of an upstream, first come first served, over all event loops and configurations. One
 * that cannot use the room there is, since those servers have failed it, lets others pass. Thread-safe. Its lock is
 * taken only while requests wait.
 */
public final class RequestQueue {
    private final UpstreamEvents events;
    private final AtomicInteger length = new AtomicInteger();
    private final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>();
    private final AtomicInteger called = new AtomicInteger();
    private volatile boolean awaited;
    private volatile @Nullable UpstreamGroup newest;
    /** Behind the rest of a server. Null for none; guarded by {@link #waiters}, as its time is. */
    private @Nullable Future<?> alarm;

    private long alarmNs;

    /** A request that waits until a server may have one more. */
    public interface Waiter {
        /** True if it waits no longer, for a server or for nothing. On any thread; does not block. */
        boolean isDue(UpstreamGroup newest);

        /** True if no server has failed it: as long as it waits, all that came later do. On any thread. */
        boolean isFresh();

        /** On which it waits. */
        EventLoop eventLoop();

        /** It is its turn: it is in the queue no more, and calls {@link #onTurnOver} soon. On any thread. */
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

    /** The group of the newest configuration: a waiting request goes on in it. Null before the first. */
    public @Nullable UpstreamGroup newest() {
        return newest;
    }

    /** From now on, requests that wait go on in this group; at once, if it has room. */
    void become(UpstreamGroup next) {
        newest = next;
        if (awaited) {
            onRoom();
        }
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

    /**
     * A request has had its turn: it has begun at a server, waits again, or is over. The last one that had its turn
     * looks for more room, so that a turn that is of no use to one request is not lost for the others.
     */
    public void onTurnOver() {
        if (called.decrementAndGet() == 0 && awaited) {
            onRoom();
        }
    }

    /** A server may have one more request, or has another state: the first who can use that has its turn. */
    void onRoom() {
        Waiter first;
        synchronized (waiters) {
            first = firstDue();
            if (first == null) {
                awaitRest();
                return;
            }
            waiters.remove(first);
            called.incrementAndGet();
            awaited = !waiters.isEmpty();
        }
        leave();
        first.onTurn();
    }

    /** The end of a server's rest is no event: looks for room then, if requests wait still. */
    private void awaitRest() {
        UpstreamGroup servers = newest;
        if (servers == null || waiters.isEmpty()) {
            return;
        }
        EventLoop loop = waiters.getFirst().eventLoop();
        long nowNs = loop.ticker().nanoTime();
        long restNs = servers.restNs(nowNs);
        if (restNs == UpstreamGroup.NO_REST || alarm != null && alarmNs - nowNs <= restNs) {
            return;
        }
        try {
            if (alarm != null) {
                alarm.cancel(false);
            }
            alarmNs = nowNs + restNs;
            alarm = loop.schedule(this::onRested, restNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) { // event loops end with the process
            alarm = null;
        }
    }

    private void onRested() {
        synchronized (waiters) {
            alarm = null;
        }
        onRoom();
    }

    private @Nullable Waiter firstDue() {
        UpstreamGroup servers = newest;
        for (Waiter each : waiters) {
            if (servers == null || each.isDue(servers)) {
                return each;
            }
            if (each.isFresh()) {
                return null;
            }
        }
        return null;
    }
}
