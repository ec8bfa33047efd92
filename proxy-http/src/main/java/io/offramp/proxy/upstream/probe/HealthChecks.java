package io.offramp.proxy.upstream.probe;

import io.netty.channel.EventLoop;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The checks of all servers of a proxy whose upstreams ask for them. Thread-safe. */
public final class HealthChecks implements AutoCloseable {
    private final Map<UpstreamGroup, List<ServerCheck>> checks;

    private HealthChecks(Map<UpstreamGroup, List<ServerCheck>> checks) {
        this.checks = checks;
    }

    /**
     * Begins to check, each server on one event loop.
     *
     * @param loops gives one event loop after another
     */
    public static HealthChecks start(Upstreams upstreams, Supplier<EventLoop> loops) {
        return new HealthChecks(Map.of()).next(upstreams, loops);
    }

    /** In the place of these: checks of upstreams that are there as well go on, and the others end. */
    public HealthChecks next(Upstreams upstreams, Supplier<EventLoop> loops) {
        Map<UpstreamGroup, List<ServerCheck>> next = new IdentityHashMap<>();
        for (UpstreamGroup group : upstreams.groups()) {
            CheckConfig.Probe probe = group.config().health().check().probe();
            if (probe != null) {
                List<ServerCheck> running = checks.get(group);
                next.put(group, running == null ? begin(upstreams, loops, group, probe) : running);
            }
        }
        checks.forEach((group, running) -> {
            if (!next.containsKey(group)) {
                running.forEach(ServerCheck::close);
            }
        });
        return new HealthChecks(next);
    }

    private static List<ServerCheck> begin(
            Upstreams upstreams, Supplier<EventLoop> loops, UpstreamGroup group, CheckConfig.Probe probe) {
        CheckConfig config = group.config().health().check();
        List<ServerCheck> begun = group.servers().stream()
                .map(server -> new ServerCheck(upstreams.on(loops.get()), server, config, probe))
                .toList();
        begun.forEach(ServerCheck::start);
        return begun;
    }

    /** Ends the checks; the states of servers stay. */
    @Override
    public void close() {
        checks.values().forEach(running -> running.forEach(ServerCheck::close));
    }
}
