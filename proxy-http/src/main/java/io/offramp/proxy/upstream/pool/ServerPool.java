package io.offramp.proxy.upstream.pool;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.UpstreamStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one event loop to one server: those that can be leased, the number of all, and the openings that wait
 * because there may be no more. Confined to the event loop.
 */
abstract sealed class ServerPool permits ExclusivePool, SharedPool {
    private final EventLoop loop;
    private final int mostOpen;
    private final int mostWaiting;
    private final long waitMs;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int open;

    /** A waiting opening. */
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

    ServerPool(EventLoop loop, UpstreamSettings settings) {
        this.loop = loop;
        mostOpen = settings.connections();
        mostWaiting = settings.queue();
        waitMs = settings.connectTimeout().toMillis();
    }

    /** Connects now, or when another connection has gone; refuses if too many wait. */
    final void open(Opening opening) {
        if (isFull()) {
            // A free one cannot be used: the caller wants a new one. It makes room, and counts no more once closed.
            retireFree();
        }
        if (!isFull()) {
            open++;
            opening.connect();
        } else if (waiting.size() < mostWaiting) {
            waiting.addLast(new Waiting(opening));
        } else {
            opening.refuse(new ServerBusyException(mostOpen));
        }
    }

    /** Whether there may be no further connection. */
    final boolean isFull() {
        return open >= mostOpen;
    }

    /** An opened connection is gone, or could not be opened. */
    final void onGone() {
        open--;
        Waiting next = waiting.pollFirst();
        if (next != null) {
            next.timer.cancel(false);
            open(next.opening);
        } else {
            onPlace();
        }
    }

    /** Removes it from the waiting ones. */
    final void forgetWaiting(Opening opening) {
        for (Iterator<Waiting> i = waiting.iterator(); i.hasNext(); ) {
            Waiting one = i.next();
            if (one.opening == opening) {
                one.timer.cancel(false);
                i.remove();
            }
        }
    }

    /** Gives a connection with room to waiting openings; false if it has to make room for one that takes none. */
    final boolean serve(PooledConnection connection) {
        while (connection.room() > 0) {
            Waiting next = waiting.peekFirst();
            if (next == null) {
                return true;
            }
            waiting.removeFirst();
            if (!next.opening.takes(connection)) {
                waiting.addFirst(next);
                return false;
            }
            next.timer.cancel(false);
        }
        return true;
    }

    /** Whether an opening waits for a place. */
    final boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /** True if no connection is open and no opening waits for one. */
    boolean isUnused() {
        return open == 0 && waiting.isEmpty();
    }

    /** There may be one more connection, and no opening waits for it. */
    abstract void onPlace();

    /** Closes the connection that was free for the longest time, if any is. */
    abstract void retireFree();

    /** A lease on a connection that has room; null if there is none. */
    abstract @Nullable UpstreamStream lease(UpstreamListener listener, long nowNs);

    /** A connection has room again: for waiting requests, then for later ones. */
    abstract void onRoom(PooledConnection connection);

    /** A connection gives no more leases. */
    abstract void forget(PooledConnection connection);

    /** Closes connections that were idle for too long; true if any is left. */
    abstract boolean sweep(long nowNs);

    /** Closes idle connections; those in use close when their leases have ended. */
    abstract void close();
}
