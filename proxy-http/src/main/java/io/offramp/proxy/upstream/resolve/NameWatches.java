package io.offramp.proxy.upstream.resolve;

import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The names of all servers of a proxy, watched for other addresses. Thread-safe. */
public final class NameWatches implements AutoCloseable {
    private final Map<UpstreamServer, NameWatch> watches;
    private final @Nullable Names names;

    private NameWatches(Map<UpstreamServer, NameWatch> watches, @Nullable Names names) {
        this.watches = watches;
        this.names = names;
    }

    /** @param source is asked for only if a server has a name, and closed with the watches */
    public static NameWatches start(Upstreams upstreams, Supplier<Names> source) {
        return new NameWatches(Map.of(), null).next(upstreams, source);
    }

    /** In the place of these: watches of servers that are there as well go on, and the others end. */
    public NameWatches next(Upstreams upstreams, Supplier<Names> source) {
        Map<UpstreamServer, NameWatch> next = new IdentityHashMap<>();
        List<NameWatch> begun = new ArrayList<>();
        Names asked = names;
        for (UpstreamGroup group : upstreams.groups()) {
            for (UpstreamServer server : group.servers()) {
                NameWatch running = watches.get(server);
                if (running != null) {
                    next.put(server, running);
                } else if (server.address().isName() && server.address() instanceof HostPort address) {
                    asked = asked == null ? source.get() : asked;
                    NameWatch watch = new NameWatch(asked, server, address);
                    next.put(server, watch);
                    begun.add(watch);
                }
            }
        }
        watches.forEach((server, running) -> {
            if (!next.containsKey(server)) {
                running.close();
            }
        });
        begun.forEach(NameWatch::start);
        return new NameWatches(next, asked);
    }

    /** Ends the lookups; the addresses of servers stay. */
    @Override
    public void close() {
        watches.values().forEach(NameWatch::close);
        if (names != null) {
            names.close();
        }
    }
}
