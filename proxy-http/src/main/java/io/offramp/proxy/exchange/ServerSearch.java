package io.offramp.proxy.exchange;

import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamListener.Fate;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.pool.Lease;
import io.offramp.proxy.upstream.pool.LeaseListener;
import io.offramp.proxy.upstream.pool.ServerBusyException;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a server for one exchange: on a free connection, else on a new one, else the next server of the group. Confined
 * to the event loop.
 */
final class ServerSearch implements LeaseListener {
    /** For a request that servers refuse without a look at it. */
    private static final int MAX_RETRIES = 3;

    /** In front of the second try of such a request. The first comes at once: a place is often free by then. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String NO_RETRY = "too many requests were tried again lately";

    private final Exchange exchange;
    private final UpstreamLoop servers;
    private @Nullable UpstreamGroup group;
    private @Nullable UpstreamServer server;
    /** Counts the request. */
    private @Nullable UpstreamServer serving;

    private @Nullable Connection session;
    private long key;
    private @Nullable Lease lease;
    private @Nullable Future<?> pause;
    private Refusal lastFailure = Refusal.NO_SERVER;
    private @Nullable String lastProblem;
    private long tried;
    private boolean used;
    private int refusals;
    private int repeats;

    ServerSearch(Exchange exchange, UpstreamLoop servers) {
        this.exchange = exchange;
        this.servers = servers;
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
        group = from;
        key = from.size() == 1 ? HashKey.NONE : Affinity.key(from.policy(), exchange.request(), exchange.client());
        tryNext(from);
    }

    private void tryNext(UpstreamGroup from) {
        UpstreamServer next = servers.next(from, key, tried);
        if (next == null) {
            if (lastProblem == null) {
                from.onFailed(FailureReason.NO_SERVER, null, "none takes requests", servers.nowNs());
            }
            exchange.refuse(lastFailure, lastProblem);
            return;
        }
        if (tried != 0 && !from.takeRetry(servers.nowNs())) {
            exchange.refuse(lastFailure, lastProblem + "; " + NO_RETRY);
            return;
        }
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

    private void connect(UpstreamGroup from, UpstreamServer to) {
        used = false;
        Lease next = servers.open(from, to, exchange.allocator(), exchange, this);
        lease = next;
        exchange.awaitServer();
        next.start();
    }

    @Override
    public void onLeased(UpstreamStream stream, boolean wasUsed) {
        lease = null;
        used = wasUsed;
        pass(stream);
    }

    private void pass(UpstreamStream stream) {
        session = stream.session();
        exchange.onServer(stream);
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        lease = null;
        leaveServer();
        tried |= failed.bit();
        lastFailure = switch (cause) {
            case ServerBusyException busy -> Refusal.NO_SERVER;
            case ConnectTimeoutException timeout -> Refusal.GATEWAY_TIMEOUT;
            default -> Refusal.BAD_GATEWAY;
        };
        lastProblem = "connect to " + failed.name() + ": " + cause.getMessage();
        if (group != null) {
            group.onFailed(
                    ServerBusyException.reason(cause), failed, "connect: " + cause.getMessage(), servers.nowNs());
            tryNext(group);
        }
    }

    /**
     * True if a request may be sent again: a few times if the server has certainly not acted on it; once if it is
     * idempotent and went to a connection that the server may have closed as idle (RFC 9112 §9.3.1). The end of a body
     * is sent once, even of an empty one.
     */
    boolean mayRetry(RequestHead request, RequestSide progress, Fate fate) {
        boolean may = switch (fate) {
            case REFUSED ->
                refusals < MAX_RETRIES
                        && progress.bytes() == 0
                        && (request.length() == 0 || !progress.isComplete())
                        && request.message().isWhole();
            case UNANSWERED -> repeats == 0 && used && request.length() == 0 && request.isIdempotent();
            case ANSWERED -> false;
        };
        return may && group != null && group.takeRetry(servers.nowNs());
    }

    /**
     * Tries the same server once more, on another connection if its connections have one request at a time.
     *
     * @param fate for which {@link #mayRetry} gave true
     */
    void retry(Fate fate) {
        if (fate == Fate.REFUSED) {
            refusals++;
        } else {
            repeats++;
        }
        if (group != null && server != null) {
            group.events().onRetried();
            if (refusals > 1) {
                connectLater(group, server);
            } else {
                connect(group, server);
            }
        }
    }

    /** Requests that are refused together do not come back together. */
    private void connectLater(UpstreamGroup from, UpstreamServer to) {
        long least = PAUSE_NS << 2 * (refusals - 2);
        long ns = ThreadLocalRandom.current().nextLong(least, 2 * least);
        pause = servers.eventLoop().schedule(() -> connect(from, to), ns, TimeUnit.NANOSECONDS);
        exchange.awaitServer();
    }

    /** The head of the answer as the client gets it: with a cookie if it has none for this server. */
    AnswerHead onAnswer(AnswerHead head) {
        UpstreamServer from = serving;
        if (from == null) {
            return head;
        }
        from.onAnswer(head.status(), servers.clock());
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
