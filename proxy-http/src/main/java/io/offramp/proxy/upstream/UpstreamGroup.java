package io.offramp.proxy.upstream;

import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.balance.Balancer;
import io.offramp.proxy.upstream.balance.Policy;
import io.offramp.proxy.upstream.balance.RetryBudget;
import io.offramp.proxy.upstream.balance.Tiers;
import io.offramp.proxy.upstream.failure.FailureLog;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.health.ServerState;
import io.offramp.proxy.upstream.health.Standing;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Servers that answer the same requests. Thread-safe. */
public final class UpstreamGroup {
    /** No server rests. */
    static final long NO_REST = Long.MAX_VALUE;

    private final UpstreamConfig config;
    private final List<UpstreamServer> servers;
    private final Tiers tiers;
    private final UpstreamEvents events;
    private final FailureLog failures;
    private final RetryBudget retries;
    private final RequestQueue queue;
    private final RetryRules retryRules;
    private final @Nullable TransportSecurity security;
    private volatile boolean retired;

    /** With connections in the clear. Resolves the names; blocks, so never on an event loop. */
    public UpstreamGroup(UpstreamConfig config, UpstreamEvents events) {
        this(config, events, ServerAddress::resolveAll, null, null, false);
    }

    /**
     * With names that were looked up.
     *
     * @param addresses of each of the servers
     * @param security secures its connections; null for connections in the clear
     * @param before the group of that name in another configuration; the states of its servers go on
     * @param sameBounds whether bounds and protocols of connections are those of {@code before}; if what secures them
     *     is the same as well, the connections go on
     */
    public UpstreamGroup(
            UpstreamConfig config,
            UpstreamEvents events,
            Function<ServerAddress, List<? extends SocketAddress>> addresses,
            @Nullable TransportSecurity security,
            @Nullable UpstreamGroup before,
            boolean sameBounds) {
        this.config = config;
        this.security = security;
        this.events = events;
        failures = new FailureLog(config.name());
        retries = new RetryBudget(config.limits().retryPercent(), before == null ? null : before.retries);
        retryRules = new RetryRules(config.limits().retry());
        queue = before == null ? new RequestQueue(events) : before.queue;
        List<ServerConfig> sorted = config.servers().stream()
                .sorted(Comparator.comparingInt(ServerConfig::priority))
                .toList();
        boolean keepsConnections = before != null && sameBounds && before.connectsLike(this);
        List<UpstreamServer> made = new ArrayList<>();
        for (ServerConfig each : sorted) {
            UpstreamServer known =
                    before == null ? null : before.server(each.address().toString());
            PoolKey key = known != null && keepsConnections ? known.poolKey() : new PoolKey();
            made.add(new UpstreamServer(this, each, made.size(), addresses.apply(each.address()), known, key));
        }
        servers = List.copyOf(made);
        tiers = new Tiers(servers, config.balance().policy());
        if (before == null) {
            queue.become(this);
        }
    }

    private boolean connectsLike(UpstreamGroup other) {
        return config.protocol() == other.config.protocol()
                && config.limits().equals(other.config.limits())
                && security == other.security;
    }

    /** Whether a configuration that says this of the group needs no other object. */
    public boolean is(UpstreamConfig other, @Nullable TransportSecurity otherSecurity) {
        return config.equals(other) && security == otherSecurity;
    }

    /** The current configuration does not have it: only requests that had come before use it. */
    public void retire() {
        retired = true;
    }

    /** The current configuration has it: requests that wait for servers of that name go on in it. */
    public void begin() {
        queue.become(this);
    }

    /** Whether nothing should be kept for further requests. */
    public boolean isRetired() {
        return retired;
    }

    private @Nullable UpstreamServer server(String name) {
        return servers.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** As configured. */
    public String name() {
        return config.name();
    }

    /** What its servers speak. */
    public UpstreamProtocol protocol() {
        return config.protocol();
    }

    /** As configured. */
    public UpstreamConfig config() {
        return config;
    }

    /** How requests are shared. */
    public Policy policy() {
        return config.balance().policy();
    }

    /** Counts its events. */
    public UpstreamEvents events() {
        return events;
    }

    /** Secures its connections; null for connections in the clear. */
    public @Nullable TransportSecurity security() {
        return security;
    }

    /**
     * A request has failed, and no other server takes it: one line in the log, if there was none a moment ago.
     *
     * @param server that was asked last; null if there was none
     * @param why in the words of the access log
     */
    public void onFailed(FailureReason reason, @Nullable UpstreamServer server, String why, long nowNs) {
        events.onFailed(reason);
        failures.onFailure(reason, server == null ? "no server" : server.name(), why, nowNs);
    }

    /** All of them, in the order of their priorities. */
    public List<UpstreamServer> servers() {
        return servers;
    }

    /** Number of servers. */
    public int size() {
        return servers.size();
    }

    /** The only server; null if it takes no requests, or this one has failed. For a group of one. */
    public @Nullable UpstreamServer alone(long tried) {
        UpstreamServer server = servers.getFirst();
        return tried == 0 && server.isTriedAlone() ? server : null;
    }

    /** Chooses servers for one event loop. */
    public Balancer balancer(RandomGenerator random) {
        return new Balancer(tiers, config.balance(), random);
    }

    /** Until a server has accepted. */
    public Duration connectTimeout(UpstreamSettings usual) {
        Duration own = config.limits().connectTimeout();
        return own == null ? usual.connectTimeout() : own;
    }

    /** Requests that wait for its servers. */
    public RequestQueue queue() {
        return queue;
    }

    /** True if a request that comes now waits behind others. */
    public boolean hasQueue() {
        return queue.isInUse() && config.limits().queue() != null;
    }

    /**
     * True if a request has only to wait until one of the servers has fewer.
     *
     * @param tried bits of those that failed this request
     */
    public boolean isBusy(long tried) {
        return servers.stream().anyMatch(each -> (tried & each.bit()) == 0 && each.isBusy());
    }

    /**
     * Waits until a server has room; false if as many wait as may.
     *
     * @param again true for a request that had its turn and found no room: it does not lose its place
     */
    public boolean awaitRoom(RequestQueue.Waiter waiter, boolean again) {
        QueueConfig bounds = config.limits().queue();
        if (bounds == null) {
            return false;
        }
        if (again) {
            queue.awaitAgain(waiter);
        } else if (!queue.await(waiter, bounds.size())) {
            return false;
        }
        queue.onRoom(); // there may be room since a moment ago, when this request did not wait yet
        return true;
    }

    /**
     * True if a server takes a request now: if a {@link #balancer} finds one.
     *
     * @param tried bits of those that failed the request
     */
    public boolean hasRoom(long tried, long nowNs) {
        return size() == 1 ? alone(tried) != null : Balancer.hasChoice(tiers, config.balance(), tried, nowNs);
    }

    /** Time until the next of the servers may be tried behind its rest. */
    long restNs(long nowNs) {
        long least = NO_REST;
        for (UpstreamServer each : servers) {
            Standing standing = each.health().standing();
            long left = standing.untilNs() - nowNs;
            if (standing.isResting() && left > 0) {
                least = Math.min(least, left);
            }
        }
        return least;
    }

    /**
     * The bits here of servers that failed a request.
     *
     * @param other group of that name, to whose servers {@code bits} belong
     */
    public long tried(UpstreamGroup other, long bits) {
        if (other == this || bits == 0) {
            return bits;
        }
        long tried = 0;
        for (UpstreamServer each : servers) {
            UpstreamServer known = other.server(each.name());
            tried |= known == null || (bits & known.bit()) == 0 ? 0 : each.bit();
        }
        return tried;
    }

    /** Which requests are tried again. */
    public RetryRules retryRules() {
        return retryRules;
    }

    /** Takes one further attempt of a request from the budget for them; false if it is spent. */
    public boolean takeRetry(long nowNs) {
        long requests = 0;
        for (UpstreamServer each : servers) {
            requests += each.requests().requests();
        }
        return retries.take(requests, nowNs);
    }

    /** Whether one more of the servers may rest: within the share of the configuration, and one is left. */
    boolean mayEject() {
        int ejected = 1;
        int up = -1;
        for (UpstreamServer each : servers) {
            ServerState state = each.health().standing().state();
            ejected += state == ServerState.EJECTED ? 1 : 0;
            up += state == ServerState.UP ? 1 : 0;
        }
        return up > 0 && ejected * 100 <= config.health().outliers().sharePercent() * servers.size();
    }
}
