package io.offramp.proxy.flow;

import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.balance.Policy;
import io.offramp.proxy.upstream.health.ServerState;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Changes where requests go while they run: reloads other upstreams, moves servers as DNS does, replaces trust, drains
 * servers. Knows for each connection to a server from which change on it is of no use for a new request, by rules of
 * its own: what makes connections of another kind is written down here once more.
 */
final class Operator {
    private static final int MOST_SERVERS = 4;
    private static final int ADDRESSES = 3;
    private static final List<BalanceConfig> BALANCES = List.of(
            BalanceConfig.DEFAULTS,
            new BalanceConfig(new Policy.RoundRobin(), Duration.ZERO, 0),
            new BalanceConfig(new Policy.Random(), Duration.ofSeconds(2), 0));

    /** For a connect. */
    private static final Duration[] TIMES = {Duration.ofMillis(1500), Duration.ofMillis(1800)};

    private final Handlers proxy;
    private @Nullable SessionModel tls;
    private UpstreamConfig config;
    /** Of connections, by the configuration of the upstream and the port of the server. */
    private final List<Map<Integer, Integer>> kinds = new ArrayList<>();

    private final Map<Peer, Link> links = new IdentityHashMap<>();
    private final Set<UpstreamGroup> groups = new HashSet<>();
    private final Map<Integer, Integer> drained = new HashMap<>();
    private int nextKind;
    private int changes;
    /** The change that has ended each, by what it is: a kind, a trust, an address. */
    private final Map<Object, Integer> ended = new HashMap<>();

    /**
     * A connection to a server: in a kind that no other server has, of an address, perhaps by a trust.
     *
     * @param openNs end of its handshake, if there is one
     */
    private record Link(int port, Kind kind, InetSocketAddress address, Trust trust, long openNs) {}

    private record Kind(int number) {}

    private record Trust(@Nullable SessionModel tls, int number) {}

    /** @param tls null for connections in the clear */
    Operator(Handlers proxy, @Nullable SessionModel tls) {
        this.proxy = proxy;
        this.tls = tls;
        config = proxy.group().config();
        groups.add(proxy.group());
        Map<Integer, Integer> first = new TreeMap<>();
        ports().forEach(port -> first.put(port, nextKind++));
        kinds.add(first);
    }

    /** Changes so far. */
    int changes() {
        return changes;
    }

    /** All that the upstream ever was. */
    Set<UpstreamGroup> groups() {
        return groups;
    }

    /** A server accepts. */
    Peer accept() {
        SessionModel by = tls;
        Peer server = proxy.accept();
        int port = server.address().getPort();
        Integer kind = kinds.get(proxy.counts().connectedLast).get(port);
        if (kind == null) {
            throw new AssertionError("connected to a server that its configuration does not have: " + port);
        }
        long openNs = proxy.nowNs() + TimeUnit.MILLISECONDS.toNanos(handshakeMs());
        Trust trust = new Trust(by, by == null ? 0 : by.trust());
        links.put(server, new Link(port, new Kind(kind), server.address(), trust, openNs));
        return server;
    }

    /** Whether the server may send what belongs to no handshake. */
    boolean isOpen(Peer server) {
        return proxy.nowNs() > link(server).openNs();
    }

    /** The change from which on no request that comes later may use this connection; the highest number for none. */
    int outdatedBy(Peer server) {
        Link link = link(server);
        int first = Math.min(endOf(link.kind()), endOf(link.trust()));
        return Math.min(first, Math.min(endOf(link.address()), drained.getOrDefault(link.port(), Integer.MAX_VALUE)));
    }

    /** Whether no configuration has connections of this kind any more. */
    boolean isGone(Peer server) {
        return ended.containsKey(link(server).kind());
    }

    private Link link(Peer server) {
        Link link = links.get(server);
        if (link == null) {
            throw new AssertionError("no server has accepted that");
        }
        return link;
    }

    private int endOf(Object what) {
        return ended.getOrDefault(what, Integer.MAX_VALUE);
    }

    /** Whether a server takes no request by command. */
    boolean hasDrained() {
        return !drained.isEmpty();
    }

    void change(Step.Kind kind, int n) {
        changes++;
        SplittableRandom random = new SplittableRandom(n);
        switch (kind) {
            case RELOAD -> reload(random);
            case MOVE -> move(random);
            case REPLACE_TRUST -> {
                SessionModel by = tls;
                if (by != null) {
                    ended.put(new Trust(by, by.trust()), changes);
                    by.replaceTrust();
                }
            }
            case DRAIN -> drain(any(random), random.nextBoolean());
            default -> throw new IllegalStateException();
        }
        lookAtAddresses();
    }

    private void lookAtAddresses() {
        for (UpstreamServer each : proxy.group().servers()) {
            for (InetSocketAddress address : addresses(port(each))) {
                if (each.knownAddresses().includes(address)) {
                    ended.remove(address);
                } else {
                    ended.putIfAbsent(address, changes);
                }
            }
        }
    }

    private static List<InetSocketAddress> addresses(int port) {
        return IntStream.rangeClosed(1, ADDRESSES)
                .mapToObj(host -> new InetSocketAddress("127.0.0." + host, port))
                .toList();
    }

    private List<Integer> ports() {
        return config.servers().stream()
                .map(each -> Integer.parseInt(each.address().toString().split(":")[1]))
                .toList();
    }

    private static int port(UpstreamServer server) {
        return Integer.parseInt(server.name().split(":")[1]);
    }

    private UpstreamServer any(SplittableRandom random) {
        List<UpstreamServer> servers = proxy.group().servers();
        return servers.get(random.nextInt(servers.size()));
    }

    /** Three answers in a row: an address that is missing in fewer has not gone. */
    private void move(SplittableRandom random) {
        UpstreamServer server = any(random);
        List<InetSocketAddress> all = addresses(port(server));
        int first = random.nextInt(ADDRESSES);
        List<InetSocketAddress> now = random.nextInt(3) > 0
                ? List.of(all.get(first))
                : List.of(all.get(first), all.get((first + 1) % ADDRESSES));
        int answers = random.nextInt(4) > 0 ? 3 : 1;
        for (int i = 0; i < answers; i++) {
            server.onAddresses(now);
        }
    }

    private void drain(UpstreamServer server, boolean on) {
        server.health().drain(on, proxy.nowNs());
        if (on) {
            drained.putIfAbsent(port(server), changes);
        } else {
            drained.remove(port(server));
        }
    }

    /** All servers take requests again. */
    void makeReady() {
        proxy.group().servers().forEach(server -> drain(server, false));
    }

    private void reload(SplittableRandom random) {
        UpstreamSettings settings = proxy.settings();
        boolean otherKind = true;
        switch (random.nextInt(tls == null ? 6 : 8)) {
            case 0 -> otherKind = false;
            case 1, 2 -> {
                config = config.withServers(otherServers(random));
                otherKind = false;
            }
            case 3 -> {
                config = config.with(BALANCES.get(random.nextInt(BALANCES.size())));
                otherKind = false;
            }
            case 4 -> {
                Duration other = TIMES[Objects.equals(config.limits().connectTimeout(), TIMES[0]) ? 1 : 0];
                config = config.with(config.limits().with(other));
            }
            case 5 ->
                settings = settings.toBuilder()
                        .idleTimeout(settings.idleTimeout().plusSeconds(1))
                        .build();
            default -> tls = new SessionModel(handshakeMs());
        }
        proxy.reload(config, settings, tls);
        groups.add(proxy.group());
        become(otherKind);
    }

    private long handshakeMs() {
        return tls == null ? 0 : tls.handshakeMs();
    }

    private List<ServerConfig> otherServers(SplittableRandom random) {
        List<ServerConfig> servers = new ArrayList<>(config.servers());
        if (servers.size() > 1 && random.nextBoolean()) {
            servers.remove(random.nextInt(servers.size()));
        }
        ServerConfig other = new ServerConfig(
                ModelSettings.server(ModelSettings.FIRST_PORT + random.nextInt(MOST_SERVERS)),
                1 + random.nextInt(3),
                0);
        int known = IntStream.range(0, servers.size())
                .filter(i -> servers.get(i).address().equals(other.address()))
                .findFirst()
                .orElse(-1);
        if (known < 0) {
            servers.add(other);
        } else {
            servers.set(known, other);
        }
        if (servers.size() > 1 && random.nextInt(3) == 0) {
            servers.removeFirst();
        }
        return servers;
    }

    private void become(boolean otherKind) {
        Map<Integer, Integer> before = kinds.getLast();
        Map<Integer, Integer> now = new TreeMap<>();
        for (int port : ports()) {
            Integer known = otherKind ? null : before.get(port);
            now.put(port, known == null ? nextKind++ : known);
        }
        before.values().stream()
                .filter(kind -> !now.containsValue(kind))
                .forEach(kind -> ended.put(new Kind(kind), changes));
        drained.keySet().retainAll(now.keySet());
        if (proxy.counts().configurations > kinds.size()) {
            kinds.add(now);
        }
    }

    /** Whether a server is as drained as it should be. */
    boolean areDrainedAsAsked() {
        return proxy.group().servers().stream()
                .allMatch(each -> drained.containsKey(port(each))
                        == (each.health().standing().state() == ServerState.DRAINED));
    }
}
