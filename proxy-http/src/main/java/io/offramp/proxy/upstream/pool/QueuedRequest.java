package io.offramp.proxy.upstream.pool;

import io.netty.channel.EventLoop;
import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.util.concurrent.RejectedExecutionException;

/**
 * A request, or a connection in tcp mode, that waits until a server of its upstream has room; more than once if another
 * takes it first, and in all no longer than the queue allows. Confined to the event loop, except what its queue calls.
 */
public final class QueuedRequest implements RequestQueue.Waiter, Runnable {
    private final RequestQueue queue;
    private final UpstreamLoop loop;
    private final long endNs;
    private final Runnable taker;
    private State state = State.SERVED;
    /** Changed while it is not in the queue, whose lock makes it visible to other threads. */
    private UpstreamGroup group;

    private long tried;

    private enum State {
        WAITING,
        /** It had its turn, or has not waited yet. */
        SERVED,
        /** It waits no more: a turn that is on its way goes to the next. */
        LEFT
    }

    /**
     * @param ns most time of all its waits
     * @param taker runs on the event loop when a server has room, unless the wait was cancelled
     */
    public QueuedRequest(UpstreamGroup group, UpstreamLoop loop, long ns, Runnable taker) {
        this.group = group;
        this.loop = loop;
        this.taker = taker;
        queue = group.queue();
        endNs = loop.nowNs() + ns;
    }

    /**
     * Begins to wait; false if as many wait as may.
     *
     * @param in the group whose servers have no room
     * @param failed bits of its servers that have failed the request
     * @param again true if it has waited before: it does not lose its place
     */
    public boolean await(UpstreamGroup in, long failed, boolean again) {
        group = in;
        tried = failed;
        state = State.WAITING;
        boolean waits = in.awaitRoom(this, again);
        if (!waits) {
            state = State.LEFT;
        }
        return waits;
    }

    /** True while it is in the queue. */
    public boolean isWaiting() {
        return state == State.WAITING;
    }

    /** Time left for all its waits. */
    public long leftNs() {
        return Math.max(0, endNs - loop.nowNs());
    }

    /** Also where no server is busy, as far as it may use them: then none of them will call. */
    @Override
    public boolean isDue(UpstreamGroup newest) {
        long failed = newest.tried(group, tried);
        return newest.hasRoom(failed, loop.nowNs()) || !newest.isBusy(failed);
    }

    @Override
    public boolean isFresh() {
        return tried == 0;
    }

    @Override
    public EventLoop eventLoop() {
        return loop.eventLoop();
    }

    @Override
    public void onTurn() {
        try {
            eventLoop().execute(this);
        } catch (RejectedExecutionException e) { // the loop has ended, and its requests with it
            queue.onTurnOver();
        }
    }

    @Override
    public void run() {
        try {
            if (state == State.WAITING) {
                state = State.SERVED;
                taker.run();
            }
        } finally {
            queue.onTurnOver();
        }
    }

    /** It waits no more. */
    public void cancel() {
        if (state == State.WAITING) {
            state = State.LEFT;
            queue.forget(this);
        }
    }
}
