package io.offramp.proxy.upstream.pool;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one event loop to one server: those with room for a request, last used first; the number of all; and
 * the requests that wait because there may be no more. Confined to the event loop.
 */
final class ServerPool {
    private final EventLoop loop;
    private final int mostFree;
    private final int mostOpen;
    private final int mostWaiting;
    private final long waitMs;
    private final ArrayDeque<PooledConnection> free = new ArrayDeque<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int open;

    /** A waiting request. */
    private final class Waiting implements Runnable {
        final Opening opening;
        final Future<?> timer;

        Waiting(Opening opening) {
            this.opening = opening;
            timer = loop.schedule(this, waitMs, TimeUnit.MILLISECONDS);
        }

        @Override
        public void run() {
            waiting.remove(this);
            opening.refuse(new ServerBusyException(mostOpen));
        }
    }

    ServerPool(EventLoop loop, int mostFree, int mostOpen, int mostWaiting, long waitMs) {
        this.loop = loop;
        this.mostFree = mostFree;
        this.mostOpen = mostOpen;
        this.mostWaiting = mostWaiting;
        this.waitMs = waitMs;
    }

    /** Connects now, or when another connection has gone; refuses if too many wait. */
    void open(Opening opening) {
        if (open >= mostOpen && !free.isEmpty()) {
            // It cannot be used: the caller wants a new one. It makes room, and counts no more when it has closed.
            free.pollLast().retire();
        }
        if (open < mostOpen) {
            open++;
            opening.connect();
        } else if (waiting.size() < mostWaiting) {
            waiting.addLast(new Waiting(opening));
        } else {
            opening.refuse(new ServerBusyException(mostOpen));
        }
    }

    /** An opened connection is gone, or could not be opened. */
    void onGone() {
        open--;
        Waiting next = waiting.pollFirst();
        if (next != null) {
            next.timer.cancel(false);
            open(next.opening);
        }
    }

    /** Removes it from the waiting ones. */
    void forgetWaiting(Opening opening) {
        for (Iterator<Waiting> i = waiting.iterator(); i.hasNext(); ) {
            Waiting one = i.next();
            if (one.opening == opening) {
                one.timer.cancel(false);
                i.remove();
            }
        }
    }

    /** A lease on a connection that has room; null if there is none. */
    @Nullable
    UpstreamStream lease(UpstreamListener listener, long nowNs) {
        for (PooledConnection last = free.pollFirst(); last != null; last = free.pollFirst()) {
            if (nowNs < last.idleEndNs()) {
                UpstreamStream stream = last.lease(listener);
                if (last.room() > 0) {
                    free.addFirst(last);
                }
                return stream;
            }
            last.retire();
        }
        return null;
    }

    /** A connection has room again: for waiting requests, then for later ones. */
    void onRoom(PooledConnection connection) {
        while (connection.room() > 0) {
            Waiting next = waiting.peekFirst();
            if (next == null) {
                keep(connection);
                return;
            }
            waiting.removeFirst();
            if (!next.opening.takes(connection)) {
                waiting.addFirst(next);
                connection.retire();
                return;
            }
            next.timer.cancel(false);
        }
    }

    private void keep(PooledConnection connection) {
        if (free.size() >= mostFree) {
            connection.retire();
        } else {
            free.addFirst(connection);
        }
    }

    /** A free connection is gone. */
    void forget(PooledConnection connection) {
        free.remove(connection);
    }

    /** Closes connections that were idle for too long; true if any is left. */
    boolean sweep(long nowNs) {
        free.removeIf(connection -> {
            boolean over = nowNs >= connection.idleEndNs();
            if (over) {
                connection.retire();
            }
            return over;
        });
        return !free.isEmpty();
    }

    /** True if no connection is open and no request waits for one. */
    boolean isUnused() {
        return open == 0 && waiting.isEmpty();
    }

    void close() {
        while (!free.isEmpty()) {
            free.pollFirst().retire();
        }
    }
}
