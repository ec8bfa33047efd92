package io.offramp.proxy.upstream;

import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.balance.Candidate;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.health.HealthListener;
import io.offramp.proxy.upstream.health.ServerHealth;
import io.offramp.proxy.upstream.health.ServerState;
import io.offramp.proxy.upstream.health.Standing;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server of a group. Thread-safe: all event loops share its state. */
public final class UpstreamServer implements Candidate, HealthListener {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamServer.class);

    private final UpstreamGroup group;
    private final String name;
    private final ServerConfig config;
    private final int index;
    private final long id;
    private final long slowStartNs;
    private final int mostRequests;
    private final ServerHealth health;
    private final ServerLoad load;
    private final PoolKey poolKey;
    private final int version;
    /** Shared by the server's configurations, so that connections that began by an earlier one learn of a move. */
    private final AtomicReference<KnownAddresses> known;

    private volatile @Nullable Runnable lookUp;

    UpstreamServer(UpstreamGroup group, ServerConfig config, int index, List<? extends SocketAddress> addresses) {
        this(group, config, index, addresses, null, new PoolKey());
    }

    /**
     * With addresses that were just looked up.
     *
     * @param before the same server in another configuration, whose counts and state go on; null for none
     * @param poolKey of its connections
     */
    UpstreamServer(
            UpstreamGroup group,
            ServerConfig config,
            int index,
            List<? extends SocketAddress> addresses,
            @Nullable UpstreamServer before,
            PoolKey poolKey) {
        this.group = group;
        this.config = config;
        this.index = index;
        this.poolKey = poolKey;
        version = before == null ? 0 : before.version + 1;
        boolean unknown = addresses.getFirst() instanceof InetSocketAddress first && first.isUnresolved();
        known = before == null ? new AtomicReference<>(KnownAddresses.of(addresses)) : before.known;
        if (before != null && !unknown) {
            known.updateAndGet(all -> all.found(addresses));
        }
        name = config.address().toString();
        id = HashKey.hash(name);
        mostRequests = group.config().limits().requests();
        slowStartNs = group.config().balance().slowStart().toNanos();
        load = before == null ? new ServerLoad() : before.load;
        load.queue(group.queue());
        health = before == null ? new ServerHealth(group.config().health(), this) : before.health;
    }

    /** The group that it belongs to. */
    public UpstreamGroup group() {
        return group;
    }

    /** As configured: {@code host:port}, {@code unix:/run/app.sock}. */
    public String name() {
        return name;
    }

    /** The Host of a request that has none. */
    public String authority() {
        return address().authority();
    }

    /** Where it is, as configured. */
    public ServerAddress address() {
        return config.address();
    }

    /** Its bit among those that failed a request: positions 64 apart share one, so that the search always ends. */
    public long bit() {
        return 1L << index;
    }

    /** Its addresses, the one that accepted last first; a single unresolved one for an unknown name. */
    public List<SocketAddress> addresses() {
        return known.get().current();
    }

    /** Its addresses, with those that are missing in the last answers. */
    public KnownAddresses knownAddresses() {
        return known.get();
    }

    /** What is known of its health. */
    public ServerHealth health() {
        return health;
    }

    /** Its configuration is the current one: what is known of its health is judged by it from now on. */
    public void onCurrent(long nowNs) {
        health.become(group.config().health(), this, nowNs);
    }

    /** Its connections, in the pools. */
    public PoolKey poolKey() {
        return poolKey;
    }

    /** Whether this is the same server in a later configuration. */
    public boolean follows(UpstreamServer other) {
        return version > other.version;
    }

    /** Counts its requests. */
    public ServerLoad requests() {
        return load;
    }

    /** The only server of a group is tried even if it has just failed: there is nothing better. */
    boolean isTriedAlone() {
        return !isFull()
                && switch (health.standing().state()) {
                    case UP, UNREACHABLE, EJECTED -> true;
                    case DOWN, DRAINED -> false;
                };
    }

    @Override
    public int weight(long nowNs) {
        Standing now = health.standing();
        if (!now.isUsable(nowNs) || isFull()) {
            return 0;
        }
        int full = config.weight() * FULL_WEIGHT;
        if (slowStartNs == 0 || now.state() == ServerState.UP && !now.returned()) {
            return full;
        }
        long age = now.state() == ServerState.UP ? nowNs - now.sinceNs() : 0;
        return age >= slowStartNs ? full : Math.max(full / 10, (int) (full * ((double) age / slowStartNs)));
    }

    /** Whether it has as many requests as it may have, and takes others when those end. */
    public boolean isBusy() {
        return isFull()
                && switch (health.standing().state()) {
                    case UP, UNREACHABLE, EJECTED -> true;
                    case DOWN, DRAINED -> false;
                };
    }

    private boolean isFull() {
        return mostRequests != 0 && load.active() >= mostRequests;
    }

    @Override
    public int weightInPanic() {
        return isFull() || health.standing().state() == ServerState.DRAINED ? 0 : config.weight() * FULL_WEIGHT;
    }

    @Override
    public int configuredWeight() {
        return config.weight();
    }

    @Override
    public int priority() {
        return config.priority();
    }

    @Override
    public long load() {
        return load.active();
    }

    @Override
    public long id() {
        return id;
    }

    /** It is chosen for a request, which ends with {@link #onEnd}. */
    public void onBegin(Ticker clock) {
        load.onBegin();
        if (health.standing().isResting()) { // reading the clock costs more than the rest
            health.onChosen(clock.nanoTime());
        }
    }

    /** A request that was sent to it is over. */
    public void onEnd() {
        load.onEnd();
    }

    /**
     * It has answered, and the client gets that answer.
     *
     * @param durationNs since the request was sent
     */
    public void onAnswer(int status, long durationNs, Ticker clock) {
        onAnswer(status, clock);
        load.onAnswer(durationNs);
        group.events().onAnswer(status, durationNs);
    }

    /** It has answered. */
    public void onAnswer(int status, Ticker clock) {
        if (status >= 500) {
            load.onFault();
            health.onFault("status " + status, clock.nanoTime());
        } else if (health.isDoubtful()) {
            health.onAnswered(clock.nanoTime());
        }
    }

    /** It has not answered, or not to the end. */
    public void onBroken(String why, long nowNs) {
        load.onFault();
        health.onFault(why, nowNs);
    }

    /** @param again is called on any thread when this server does not accept: it may have moved; null for none */
    public void onLookUp(@Nullable Runnable again) {
        lookUp = again;
    }

    /** Another lookup of its name; the address that accepted last stays the first. */
    public void onAddresses(List<? extends SocketAddress> found) {
        List<SocketAddress> before = addresses();
        List<SocketAddress> now = known.updateAndGet(all -> all.found(found)).current();
        if (before.size() != now.size() || !before.containsAll(now)) {
            LOG.info("upstream {}: server {} has the addresses {} now", group.name(), name, now);
        }
    }

    /** It has accepted at {@code used}. */
    public void onConnected(SocketAddress used, long nowNs) {
        health.onAccepted(nowNs);
        known.updateAndGet(all -> all.accepted(used));
    }

    /** It has not accepted; it is skipped for a while. */
    public void onFailed(Throwable cause, long nowNs) {
        health.onRefused(FailureReason.problem(cause), nowNs);
        Runnable mayHaveMoved = lookUp;
        if (mayHaveMoved != null) {
            mayHaveMoved.run();
        }
    }

    @Override
    public void onChange(Standing before, Standing now) {
        if (now.state() == ServerState.UP) {
            LOG.info("upstream {}: server {} is up again: {}", group.name(), name, now.why());
        } else {
            LOG.warn(
                    "upstream {}: server {} is {}: {}",
                    group.name(),
                    name,
                    now.state().word(),
                    now.why());
        }
        group.events().onServerChanged(now.state());
        if (group.queue().isAwaited()) { // for a server that has come back, or, by now, for none
            group.queue().onRoom();
        }
    }

    @Override
    public boolean mayEject() {
        return group.mayEject();
    }
}
