package io.offramp.proxy.upstream.probe;

import io.netty.channel.EventLoop;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The checks of all servers of a proxy whose upstreams ask for them. Thread-safe. */
public final class HealthChecks implements AutoCloseable {
    private final List<ServerCheck> checks;

    private HealthChecks(List<ServerCheck> checks) {
        this.checks = List.copyOf(checks);
    }

    /**
     * Begins to check, each server on one event loop.
     *
     * @param loops gives one event loop after another
     */
    public static HealthChecks start(Upstreams upstreams, Supplier<EventLoop> loops) {
        List<ServerCheck> checks = new ArrayList<>();
        for (UpstreamGroup group : upstreams.groups()) {
            CheckConfig config = group.config().health().check();
            CheckConfig.Probe probe = config.probe();
            if (probe == null) {
                continue;
            }
            for (UpstreamServer server : group.servers()) {
                checks.add(new ServerCheck(upstreams.on(loops.get()), server, config, probe));
            }
        }
        checks.forEach(ServerCheck::start);
        return new HealthChecks(checks);
    }

    /** Ends the checks; the states of servers stay. */
    @Override
    public void close() {
        checks.forEach(ServerCheck::close);
    }
}
