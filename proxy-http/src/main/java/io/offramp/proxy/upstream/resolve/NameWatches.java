package io.offramp.proxy.upstream.resolve;

import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The names of all servers of a proxy, watched for other addresses. Thread-safe. */
public final class NameWatches implements AutoCloseable {
    private final List<NameWatch> watches;
    private final @Nullable Names names;

    private NameWatches(List<NameWatch> watches, @Nullable Names names) {
        this.watches = List.copyOf(watches);
        this.names = names;
    }

    /** @param source is asked for only if a server has a name, and closed with the watches */
    public static NameWatches start(Upstreams upstreams, Supplier<Names> source) {
        List<NameWatch> watches = new ArrayList<>();
        Names names = null;
        for (UpstreamGroup group : upstreams.groups()) {
            for (UpstreamServer server : group.servers()) {
                if (server.address().isName() && server.address() instanceof HostPort address) {
                    names = names == null ? source.get() : names;
                    watches.add(new NameWatch(names, server, address));
                }
            }
        }
        watches.forEach(NameWatch::start);
        return new NameWatches(watches, names);
    }

    /** Ends the lookups; the addresses of servers stay. */
    @Override
    public void close() {
        watches.forEach(NameWatch::close);
        if (names != null) {
            names.close();
        }
    }
}
