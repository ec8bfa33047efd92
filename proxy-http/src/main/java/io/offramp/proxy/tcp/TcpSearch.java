package io.offramp.proxy.tcp;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.pool.Opening;
import io.offramp.proxy.upstream.pool.QueuedRequest;
import io.offramp.proxy.upstream.pool.ServerBusyException;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.transport.Transport;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a server for one client: waits in the queue of the upstream, connects, tries the next. Confined to the event
 * loop.
 */
final class TcpSearch implements Opening.Result {
    private final UpstreamLoop loop;
    private final ByteBufAllocator allocator;
    private final long key;
    private final Listener listener;
    private UpstreamGroup group;
    private @Nullable Opening opening;
    private @Nullable UpstreamServer server;
    /** Counts this connection. */
    private @Nullable UpstreamServer serving;
    /** Its place in the queue; kept behind its turn, for another wait. */
    private @Nullable QueuedRequest queued;

    private @Nullable Future<?> patience;
    private @Nullable String lastProblem;
    private long tried;

    /** Gets the result once, unless it was cancelled. */
    interface Listener {
        /** A server has accepted; the transport has no listener yet. */
        void onServer(Transport transport, UpstreamGroup of);

        /** None has. */
        void onNoServer(String problem);
    }

    /**
     * A search that has not begun.
     *
     * @param allocator for reads
     * @param key of the client, for policies that heed it
     */
    TcpSearch(UpstreamGroup group, UpstreamLoop loop, ByteBufAllocator allocator, long key, Listener listener) {
        this.group = group;
        this.loop = loop;
        this.allocator = allocator;
        this.key = key;
        this.listener = listener;
    }

    /** The server that was asked last, if any. */
    @Nullable
    UpstreamServer server() {
        return server;
    }

    /** Begins; the result comes later or during the call. */
    void begin() {
        UpstreamServer next = isBehindOthers() ? null : loop.next(group, key, tried);
        if (next == null) {
            if (!awaitRoom()) {
                giveUp();
            }
        } else if (tried != 0 && !group.takeRetry(loop.nowNs())) {
            lastProblem = lastProblem + "; too many connections were tried again lately";
            giveUp();
        } else {
            connect(next);
        }
    }

    private void connect(UpstreamServer next) {
        server = next;
        serving = next;
        next.onBegin(loop.clock());
        opening = loop.openTransport(group, next, allocator, this);
        opening.start();
    }

    private void giveUp() {
        String problem = lastProblem;
        if (problem == null) {
            problem = "no server is available";
            group.onFailed(FailureReason.NO_SERVER, null, problem, loop.nowNs());
        }
        listener.onNoServer(problem);
    }

    /** True for a newcomer while others wait. */
    private boolean isBehindOthers() {
        return tried == 0 && queued == null && group.hasQueue();
    }

    /** Waits in the queue for one of the busy servers; false if there is none, or no queue. */
    private boolean awaitRoom() {
        QueueConfig bounds = group.config().limits().queue();
        if (bounds == null || !group.isBusy(tried) && !isBehindOthers()) {
            return false;
        }
        boolean again = queued != null;
        QueuedRequest place = place(bounds);
        if (!place.await(group, tried, again)) {
            onBusy("all servers are busy, and the queue is full");
            return false;
        }
        patience = loop.eventLoop().schedule(this::onQueuedTooLong, place.leftNs(), TimeUnit.NANOSECONDS);
        return true;
    }

    /** Has its time for all waits: in the queue itself, and for connections. */
    private QueuedRequest place(QueueConfig bounds) {
        QueuedRequest place = queued;
        if (place == null) {
            place = new QueuedRequest(group, loop, bounds.timeout().toNanos(), this::onTurn);
            queued = place;
        }
        return place;
    }

    /** A server has room, most likely: of the newest configuration, which may have others. */
    private void onTurn() {
        stopWaiting();
        UpstreamGroup newest = group.queue().newest();
        if (newest != null && newest != group) {
            tried = newest.tried(group, tried);
            group = newest;
        }
        begin();
    }

    private void onQueuedTooLong() {
        stopWaiting();
        group.queue().onLate();
        onBusy("all servers are busy, and none had room in time");
        giveUp();
    }

    private void onBusy(String why) {
        lastProblem = why;
        group.onFailed(FailureReason.BUSY, null, why, loop.nowNs());
    }

    @Override
    public long onWaiting(long ns) {
        QueueConfig bounds = group.config().limits().queue();
        return bounds == null ? ns : place(bounds).leftNs();
    }

    @Override
    public void onConnected(Transport transport) {
        opening = null;
        listener.onServer(transport, group);
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        opening = null;
        leaveServer();
        group.onFailed(
                ServerBusyException.reason(cause), failed, "connect: " + FailureReason.problem(cause), loop.nowNs());
        tried |= failed.bit();
        lastProblem = "connect to " + failed.name() + ": " + FailureReason.problem(cause);
        boolean late = cause instanceof ServerBusyException && queued != null && queued.leftNs() == 0;
        if (!late && group.retryRules().has(Cause.CONNECT)) {
            begin();
        } else {
            giveUp();
        }
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
        if (queued != null) {
            queued.cancel();
        }
    }

    /** Cancels the search, if it is under way. The server has nothing more to do with the client. */
    void end() {
        stopWaiting();
        if (opening != null) {
            opening.cancel();
            opening = null;
        }
        leaveServer();
    }

    private void leaveServer() {
        UpstreamServer left = serving;
        serving = null;
        if (left != null) {
            left.onEnd();
        }
    }
}
