package io.offramp.proxy.upstream;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Servers that answer the same requests. Thread-safe. */
public final class UpstreamGroup {
    private final String name;
    private final UpstreamProtocol protocol;
    private final UpstreamServer[] servers;
    private final UpstreamEvents events;
    private final @Nullable TransportSecurity security;

    /** With connections in the clear. Resolves the names; blocks, so never on an event loop. */
    public UpstreamGroup(UpstreamConfig config, UpstreamEvents events) {
        this(config, events, null);
    }

    /**
     * Resolves the names; blocks, so never on an event loop.
     *
     * @param security secures its connections; null for connections in the clear
     */
    public UpstreamGroup(UpstreamConfig config, UpstreamEvents events, @Nullable TransportSecurity security) {
        this.security = security;
        name = config.name();
        protocol = config.protocol();
        this.events = events;
        servers = IntStream.range(0, config.servers().size())
                .mapToObj(i -> new UpstreamServer(this, config.servers().get(i), i))
                .toArray(UpstreamServer[]::new);
    }

    /** As configured. */
    public String name() {
        return name;
    }

    /** What its servers speak. */
    public UpstreamProtocol protocol() {
        return protocol;
    }

    /** Counts its events. */
    public UpstreamEvents events() {
        return events;
    }

    /** Secures its connections; null for connections in the clear. */
    public @Nullable TransportSecurity security() {
        return security;
    }

    /** All of them. */
    public List<UpstreamServer> servers() {
        return List.of(servers);
    }

    /** Number of servers. */
    public int size() {
        return servers.length;
    }

    /**
     * The next server to try. A group of one never skips its only server.
     *
     * @param from start of the search, any number
     * @param tried bits of the servers that have failed this request
     * @return null if all have failed, this request or a moment ago
     */
    public @Nullable UpstreamServer next(int from, long tried, long nowNs) {
        for (int i = 0; i < servers.length; i++) {
            UpstreamServer server = servers[Math.floorMod(from + i, servers.length)];
            boolean untried = (tried & server.bit()) == 0;
            if (untried && (servers.length == 1 || server.isTried(nowNs))) {
                return server;
            }
        }
        return null;
    }
}
