package io.offramp.proxy.exchange;

import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.upstream.QueueConfig;
import io.offramp.proxy.upstream.RetryConfig.Cause;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.pool.Lease;
import io.offramp.proxy.upstream.pool.LeaseListener;
import io.offramp.proxy.upstream.pool.QueuedRequest;
import io.offramp.proxy.upstream.pool.ServerBusyException;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a server for one exchange: on a free connection, else on a new one, else the next server of the group. Confined
 * to the event loop.
 */
final class ServerSearch extends Attempts implements LeaseListener {
    /** In front of the second try of such a request. The first comes at once: a place is often free by then. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String NO_RETRY = "too many requests were tried again lately";

    private final Exchange exchange;
    private @Nullable UpstreamServer server;
    private @Nullable Connection session;
    /** The head of the request, by the loop's clock. */
    private long sentNs;

    private long key;
    private @Nullable Lease lease;
    private @Nullable Future<?> pause;
    private Refusal lastFailure = Refusal.NO_SERVER;
    private @Nullable String lastProblem;
    /** Its place in the queue; kept behind its turn, for another wait. */
    private @Nullable QueuedRequest queued;

    private long tried;

    ServerSearch(Exchange exchange, UpstreamLoop servers) {
        super(servers);
        this.exchange = exchange;
    }

    /** That of client and servers. */
    EventLoop eventLoop() {
        return servers.eventLoop();
    }

    /** The server that was asked last, if any. */
    @Nullable
    UpstreamServer server() {
        return server;
    }

    /** The TLS session of the last stream; null for none, or in the clear. */
    @Nullable
    Connection session() {
        return session;
    }

    /** Begins; the exchange gets the result, later or during the call. */
    void begin(UpstreamGroup from) {
        choose(from);
        tryNext(from);
    }

    private void choose(UpstreamGroup from) {
        group = from;
        key = from.size() == 1 ? HashKey.NONE : Affinity.key(from.policy(), exchange.request(), exchange.client());
    }

    private void tryNext(UpstreamGroup from) {
        UpstreamServer next = isBehindOthers(from) ? null : servers.next(from, key, tried);
        if (next == null) {
            if (!awaitRoom(from)) {
                giveUp(from);
            }
            return;
        }
        if (tried != 0 && !from.takeRetry(servers.nowNs())) {
            refuse(lastFailure, lastProblem + "; " + NO_RETRY);
            return;
        }
        ask(from, next);
    }

    private void ask(UpstreamGroup from, UpstreamServer next) {
        server = next;
        serving = next;
        next.onBegin(servers.clock());
        UpstreamStream stream = servers.lease(next, exchange);
        if (stream == null) {
            connect(from, next);
        } else {
            from.events().onPoolHit();
            used = true;
            pass(stream);
        }
    }

    private void giveUp(UpstreamGroup from) {
        if (lastProblem == null) {
            from.onFailed(FailureReason.NO_SERVER, null, "none takes requests", servers.nowNs());
        }
        refuse(lastFailure, lastProblem);
    }

    /** No attempt follows. If a server has answered before, the client learns how. */
    void refuse(Refusal refusal, @Nullable String why) {
        OwnAnswer known = rejected();
        if (known == null) {
            exchange.refuse(refusal, why);
        } else {
            exchange.answer(known, why);
        }
    }

    /** Waits in the queue for one of the busy servers; false if there is none, or no queue. */
    private boolean awaitRoom(UpstreamGroup from) {
        QueueConfig bounds = from.config().limits().queue();
        if (bounds == null || !from.isBusy(tried) && !isBehindOthers(from)) {
            return false;
        }
        boolean again = queued != null;
        QueuedRequest place = place(from, bounds);
        if (!place.await(from, tried, again)) {
            lastFailure = Refusal.BUSY;
            lastProblem = "all servers are busy, and the queue is full";
            from.onFailed(FailureReason.BUSY, null, lastProblem, servers.nowNs());
            return false;
        }
        exchange.awaitRoom(place.leftNs());
        return true;
    }

    /** Has its time for all waits: in the queue itself, and for connections. */
    private QueuedRequest place(UpstreamGroup from, QueueConfig bounds) {
        QueuedRequest place = queued;
        if (place == null) {
            place = new QueuedRequest(from, servers, bounds.timeout().toNanos(), this::onTurn);
            queued = place;
        }
        return place;
    }

    /** True for a newcomer while others wait. One that a server has failed does not begin to wait again. */
    private boolean isBehindOthers(UpstreamGroup from) {
        return tried == 0 && queued == null && from.hasQueue();
    }

    /** A server has room, most likely: of the newest configuration, which may have others. */
    private void onTurn() {
        UpstreamGroup from = group;
        if (from == null) {
            return;
        }
        UpstreamGroup newest = from.queue().newest();
        if (newest != null && newest != from) {
            tried = newest.tried(from, tried);
            choose(newest);
            from = newest;
        }
        tryNext(from);
    }

    /** True while the request waits for room at a server. */
    boolean isQueued() {
        return queued != null && queued.isWaiting();
    }

    /** No server had room in time. */
    void onQueuedTooLong() {
        UpstreamGroup from = group;
        leaveQueue();
        if (from != null) {
            from.queue().onLate();
            lastProblem = "all servers are busy, and none had room in time";
            from.onFailed(FailureReason.BUSY, null, lastProblem, servers.nowNs());
        }
        refuse(Refusal.BUSY, lastProblem);
    }

    private void leaveQueue() {
        if (queued != null) {
            queued.cancel();
        }
    }

    private void connect(UpstreamGroup from, UpstreamServer to) {
        used = false;
        lease = servers.open(from, to, exchange.allocator(), exchange, this);
        lease.start();
    }

    @Override
    public long onWaiting(long ns) {
        QueueConfig bounds = group == null ? null : group.config().limits().queue();
        long most = group == null || bounds == null ? ns : place(group, bounds).leftNs();
        exchange.awaitPlace(most);
        return most;
    }

    @Override
    public void onConnecting() {
        exchange.awaitServer();
    }

    @Override
    public void onLeased(UpstreamStream stream, boolean wasUsed) {
        lease = null;
        used = wasUsed;
        pass(stream);
    }

    private void pass(UpstreamStream stream) {
        onAttempt();
        session = stream.session();
        sentNs = servers.nowNs();
        exchange.onServer(stream);
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        lease = null;
        leaveServer();
        tried |= failed.bit();
        lastFailure = switch (cause) {
            case ServerBusyException busy -> Refusal.BUSY;
            case ConnectTimeoutException timeout -> Refusal.GATEWAY_TIMEOUT;
            default -> Refusal.BAD_GATEWAY;
        };
        lastProblem = "connect to " + failed.name() + ": " + FailureReason.problem(cause);
        if (group != null) {
            group.onFailed(
                    ServerBusyException.reason(cause),
                    failed,
                    "connect: " + FailureReason.problem(cause),
                    servers.nowNs());
            boolean late = cause instanceof ServerBusyException && queued != null && queued.leftNs() == 0;
            if (!late && (hasBegun() || group.retryRules().has(Cause.CONNECT))) {
                tryNext(group);
            } else {
                giveUp(group);
            }
        }
    }

    /**
     * Tries the same server once more, on another connection if its connections have one request at a time.
     *
     * @param fate for which {@link #mayRetry} gave true
     */
    void retry(Fate fate) {
        onReturned(fate);
        if (group != null && server != null) {
            group.events().onRetried();
            if (refusals() > 1) {
                connectLater(group, server);
            } else {
                connect(group, server);
            }
        }
    }

    /** The server has answered so that another attempt follows. */
    void onRejected(AnswerHead head) {
        keep(head);
        if (serving != null) {
            serving.onAnswer(head.status(), servers.clock());
        }
    }

    /** Tries another server; behind a pause the same, if there is no other. */
    void repeat() {
        UpstreamGroup from = group;
        UpstreamServer last = server;
        leaveServer();
        if (from == null || last == null) {
            throw new IllegalStateException("no attempt to repeat");
        }
        from.events().onRetried();
        tried |= last.bit();
        lastFailure = Refusal.BAD_GATEWAY;
        lastProblem = "no server for another attempt";
        UpstreamServer next = servers.next(from, key, tried);
        if (next != null) {
            ask(from, next);
        } else {
            tried = 0;
            later(PAUSE_NS, () -> tryNext(from));
        }
    }

    /** Requests that are refused together do not come back together. */
    private void connectLater(UpstreamGroup from, UpstreamServer to) {
        long least = PAUSE_NS << 2 * (refusals() - 2);
        later(least, () -> connect(from, to));
    }

    private void later(long leastNs, Runnable attempt) {
        long ns = servers.random().nextLong(leastNs, 2 * leastNs);
        pause = servers.eventLoop().schedule(attempt, ns, TimeUnit.NANOSECONDS);
        exchange.awaitServer();
    }

    /** The head of the answer as the client gets it: with a cookie if it has none for this server. */
    AnswerHead onAnswer(AnswerHead head) {
        UpstreamServer from = serving;
        if (from == null) {
            return head;
        }
        from.onAnswer(head.status(), servers.nowNs() - sentNs, servers.clock());
        return from.group().size() == 1 ? head : Affinity.marked(head, from, key, exchange.client());
    }

    /** The server has not answered, or not to the end. */
    void onBroken(String why) {
        if (serving != null) {
            serving.onBroken(why, servers.nowNs());
            serving.group().onFailed(FailureReason.ofStream(why), serving, why, servers.nowNs());
        }
    }

    /** Cancels the search, if it is under way. The server has nothing more to do with the request. */
    void end() {
        leaveQueue();
        if (pause != null) {
            pause.cancel(false);
            pause = null;
        }
        if (lease != null) {
            lease.cancel();
            lease = null;
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
