package io.offramp.proxy.exchange;

import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.concurrent.RejectedExecutionException;

/**
 * A request that waits until a server of its upstream has room; more than once if another takes it first, and in all no
 * longer than the queue allows. Confined to the event loop, but for {@link #onTurn}.
 */
final class QueuedRequest implements RequestQueue.Waiter, Runnable {
    private final UpstreamGroup group;
    private final UpstreamLoop loop;
    private final long endNs;
    private final Runnable taker;
    private State state = State.SERVED;

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
    QueuedRequest(UpstreamGroup group, UpstreamLoop loop, long ns, Runnable taker) {
        this.group = group;
        this.loop = loop;
        this.taker = taker;
        endNs = loop.nowNs() + ns;
    }

    /**
     * Begins to wait; false if as many wait as may.
     *
     * @param again true if it has waited before: it does not lose its place
     */
    boolean await(boolean again) {
        state = State.WAITING;
        boolean waits = group.awaitRoom(this, again, loop.nowNs());
        if (!waits) {
            state = State.LEFT;
        }
        return waits;
    }

    boolean isWaiting() {
        return state == State.WAITING;
    }

    /** Time left for all its waits. */
    long leftNs() {
        return Math.max(0, endNs - loop.nowNs());
    }

    @Override
    public void onTurn() {
        try {
            loop.eventLoop().execute(this);
        } catch (RejectedExecutionException e) { // the loop has ended, and its requests with it
            group.queue().onTurnTaken();
        }
    }

    @Override
    public void run() {
        group.queue().onTurnTaken();
        if (state == State.WAITING) {
            state = State.SERVED;
            taker.run();
        } else {
            group.queue().onRoom();
        }
    }

    /** It waits no more. */
    void cancel() {
        if (state == State.WAITING) {
            state = State.LEFT;
            group.queue().forget(this);
        }
    }
}
