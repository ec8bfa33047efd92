package io.offramp.proxy.server;

import io.netty.channel.EventLoopGroup;
import io.offramp.proxy.upstream.pool.Upstreams;
import io.offramp.proxy.upstream.probe.HealthChecks;
import io.offramp.proxy.upstream.resolve.DnsNames;
import io.offramp.proxy.upstream.resolve.NameWatches;
import org.jspecify.annotations.Nullable;

/** Checks the servers of the current generation, and looks their names up. One thread at a time. */
final class ServerWatch implements AutoCloseable {
    private final EventLoopGroup loops;
    private @Nullable HealthChecks checks;
    private @Nullable NameWatches names;

    ServerWatch(EventLoopGroup loops) {
        this.loops = loops;
    }

    /** Watches these from now on, and those that are not among them no more. */
    void become(Upstreams upstreams) {
        checks = checks == null ? HealthChecks.start(upstreams, loops::next) : checks.next(upstreams, loops::next);
        names = names == null ? NameWatches.start(upstreams, this::names) : names.next(upstreams, this::names);
    }

    private DnsNames names() {
        return new DnsNames(loops.next());
    }

    @Override
    public void close() {
        if (checks != null) {
            checks.close();
            checks = null;
        }
        if (names != null) {
            names.close();
            names = null;
        }
    }
}
