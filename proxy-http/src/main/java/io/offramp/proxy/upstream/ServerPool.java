package io.offramp.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one event loop to one server: those that are idle, last used first; how many there are in all; and who
 * waits because there may be no more. Confined to the event loop.
 */
final class ServerPool {
    private final EventLoop loop;
    private final int mostIdle;
    private final int mostOpen;
    private final int mostWaiting;
    private final long waitMs;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int open;

    /** Whose turn comes, or does not. */
    private final class Waiting implements Runnable {
        final UpstreamConnection connection;
        final Future<?> timer;

        Waiting(UpstreamConnection connection) {
            this.connection = connection;
            timer = loop.schedule(this, waitMs, TimeUnit.MILLISECONDS);
        }

        @Override
        public void run() {
            waiting.remove(this);
            connection.onConnectFailed(new ServerBusyException(mostOpen));
        }
    }

    ServerPool(EventLoop loop, int mostIdle, int mostOpen, int mostWaiting, long waitMs) {
        this.loop = loop;
        this.mostIdle = mostIdle;
        this.mostOpen = mostOpen;
        this.mostWaiting = mostWaiting;
        this.waitMs = waitMs;
    }

    /** Opens the connection now, or when another has gone; fails it where too many wait. */
    void open(UpstreamConnection connection) {
        if (open >= mostOpen && !idle.isEmpty()) {
            // It cannot be used: the caller wants a new one. It makes room, and counts no more when it has closed.
            idle.pollLast().abort();
        }
        if (open < mostOpen) {
            open++;
            connection.startRace();
        } else if (waiting.size() < mostWaiting) {
            waiting.addLast(new Waiting(connection));
        } else {
            connection.onConnectFailed(new ServerBusyException(mostOpen));
        }
    }

    /** A connection that was opened is gone, or never came to be. */
    void onGone() {
        open--;
        Waiting next = pollWaiting();
        if (next != null) {
            open(next.connection);
        }
    }

    private @Nullable Waiting pollWaiting() {
        Waiting next = waiting.pollFirst();
        if (next != null) {
            next.timer.cancel(false);
        }
        return next;
    }

    /** It waits no longer. */
    void forgetWaiting(UpstreamConnection connection) {
        for (Iterator<Waiting> i = waiting.iterator(); i.hasNext(); ) {
            Waiting one = i.next();
            if (one.connection == connection) {
                one.timer.cancel(false);
                i.remove();
            }
        }
    }

    @Nullable
    UpstreamConnection take(long nowNs) {
        for (UpstreamConnection last = idle.pollFirst(); last != null; last = idle.pollFirst()) {
            if (nowNs < last.idleEndNs()) {
                return last;
            }
            last.abort();
        }
        return null;
    }

    /** Takes back a connection that can carry another request: to the next who waits for one. */
    void keep(UpstreamConnection connection) {
        Waiting next = waiting.peekFirst();
        if (next != null && next.connection.takesUsed()) {
            pollWaiting();
            next.connection.handOver(connection);
        } else if (next != null || idle.size() >= mostIdle) {
            connection.abort();
        } else {
            idle.addFirst(connection);
        }
    }

    void forget(UpstreamConnection connection) {
        idle.remove(connection);
    }

    /** Closes what has been idle for too long; whether any is left. */
    boolean sweep(long nowNs) {
        idle.removeIf(connection -> {
            boolean over = nowNs >= connection.idleEndNs();
            if (over) {
                connection.abort();
            }
            return over;
        });
        return !idle.isEmpty();
    }

    /** No connection is open, and nobody waits for one. */
    boolean isUnused() {
        return open == 0 && waiting.isEmpty();
    }

    void close() {
        while (!idle.isEmpty()) {
            idle.pollFirst().abort();
        }
    }
}
