package io.offramp.proxy.server;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.offramp.proxy.upstream.pool.Upstreams;
import io.offramp.proxy.upstream.probe.HealthChecks;
import io.offramp.proxy.upstream.resolve.NameWatches;
import io.offramp.proxy.upstream.resolve.Names;
import io.offramp.proxy.upstream.resolve.Services;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks the servers of the current generation, and looks their names and services up. One thread at a time. */
final class ServerWatch implements AutoCloseable {
    private final EventLoopGroup loops;
    private final Function<EventLoop, Names> dns;
    private final Services services;
    private @Nullable HealthChecks checks;
    private @Nullable NameWatches names;

    ServerWatch(EventLoopGroup loops, Function<EventLoop, Names> dns) {
        this.loops = loops;
        this.dns = dns;
        services = new Services(this::names);
    }

    /** The servers of services that upstreams name. Those of a configuration that is tried only are looked up too. */
    Services services() {
        return services;
    }

    /** Watches these from now on, and those that are not among them no more. */
    void become(Made next) {
        Upstreams upstreams = next.generation().upstreams();
        services.keep(next.config().upstreams().values());
        checks = checks == null ? HealthChecks.start(upstreams, loops::next) : checks.next(upstreams, loops::next);
        names = names == null ? NameWatches.start(upstreams, this::names) : names.next(upstreams, this::names);
    }

    private Names names() {
        return dns.apply(loops.next());
    }

    @Override
    public void close() {
        services.close();
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
