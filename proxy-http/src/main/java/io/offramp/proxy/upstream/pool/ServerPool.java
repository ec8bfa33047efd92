package io.offramp.proxy.upstream.pool;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
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
    private final RequestQueue queue;
    private final boolean ownQueue;
    private final int mostWaiting;
    private final long waitNs;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int open;

    /** A waiting opening. */
    private final class Waiting implements Runnable {
        final Opening opening;
        private final Future<?> timer;

        Waiting(Opening opening) {
            this.opening = opening;
            timer = loop.schedule(this, opening.await(waitNs), TimeUnit.NANOSECONDS);
        }

        /** It has left the queue. */
        void end() {
            timer.cancel(false);
            queue.leave();
        }

        @Override
        public void run() {
            waiting.remove(this);
            end();
            queue.onLate();
            opening.refuse(busy(RequestQueue.Refused.LATE));
        }
    }

    ServerPool(EventLoop loop, UpstreamServer server, UpstreamSettings settings) {
        UpstreamLimits limits = server.group().config().limits();
        QueueConfig bounds = limits.queue();
        this.loop = loop;
        mostOpen = limits.connections() == 0 ? settings.connections() : limits.connections();
        queue = server.group().queue();
        ownQueue = bounds == null;
        mostWaiting = bounds == null ? settings.queue() : bounds.size();
        waitNs = (bounds == null ? server.group().connectTimeout(settings) : bounds.timeout()).toNanos();
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
        } else if (enterQueue(waiting.size())) {
            waiting.addLast(new Waiting(opening));
        } else {
            opening.refuse(busy(RequestQueue.Refused.FULL));
        }
    }

    /**
     * Takes a place among those that wait for a connection; false if there is none.
     *
     * @param here that wait in this pool, of those that its upstream has not bounded itself
     */
    final boolean enterQueue(long here) {
        if (!ownQueue) {
            return queue.enter(mostWaiting);
        }
        return queue.enter(here < mostWaiting ? Integer.MAX_VALUE : 0);
    }

    final RequestQueue queue() {
        return queue;
    }

    /** Most time of a wait. */
    final long waitNs() {
        return waitNs;
    }

    final ServerBusyException busy(RequestQueue.Refused why) {
        return new ServerBusyException(mostOpen, why);
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
            next.end();
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
                one.end();
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
            next.end();
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

    /** A caller has asked for this server: another configuration may have it in a later form. */
    void become(UpstreamServer now) {}

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
