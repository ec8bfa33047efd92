package io.offramp.proxy.exchange;

import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.concurrent.RejectedExecutionException;

/** A request that waits until a server of its upstream has room. Confined to the event loop, but for its turn. */
final class QueuedRequest implements RequestQueue.Waiter, Runnable {
    private final UpstreamGroup group;
    private final UpstreamLoop loop;
    private final Runnable onTurn;
    private boolean over;

    /** @param onTurn runs on the event loop when a server has room, unless it was cancelled */
    QueuedRequest(UpstreamGroup group, UpstreamLoop loop, Runnable onTurn) {
        this.group = group;
        this.loop = loop;
        this.onTurn = onTurn;
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
        if (over) {
            group.queue().onRoom();
        } else {
            onTurn.run();
        }
    }

    /** It waits no more. A turn that it has already goes to the next. */
    void cancel() {
        over = true;
        group.queue().forget(this);
    }
}
