package io.offramp.proxy.server;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.generation.ListenerKey;
import io.offramp.proxy.session.OffloadConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settings that a running process cannot change: they stay, and the operator learns of it. */
final class FixedSettings {
    private final ProxyConfig running;
    private final Set<String> backends;
    private final List<String> kept = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * A configuration that a running process can take.
     *
     * @param config with the old values where the new ones need a restart
     * @param kept places of those, as in the file: {@code threads}
     * @param problems for which it cannot be taken at all
     */
    record Result(ProxyConfig config, List<String> kept, List<String> problems) {}

    private FixedSettings(ProxyConfig running, Set<String> backends) {
        this.running = running;
        this.backends = backends;
    }

    /** @param backends that are open */
    static Result keep(ProxyConfig running, ProxyConfig next, Set<String> backends) {
        return new FixedSettings(running, backends).keep(next);
    }

    private Result keep(ProxyConfig next) {
        keep("threads", running.threads(), next.threads());
        keep("warmup", running.warmup(), next.warmup());
        keep("reload", running.watchesFile(), next.watchesFile());
        keep("admin", running.admin(), next.admin());
        keep("upgrade-socket", running.upgradeSocket(), next.upgradeSocket());
        keep("pid-file", running.pidFile(), next.pidFile());
        keep("sandbox", running.sandbox(), next.sandbox());
        keep("offload", running.backends(), next.backends());
        next.upstreamTls().forEach((name, tls) -> refuseUnlessOpen("upstream " + name, tls.offload()));
        ProxyConfig config = ProxyConfig.builder(listeners(next), next.upstreams())
                .upstreamTls(next.upstreamTls())
                .servers(next.servers())
                .clients(next.clients())
                .handshakes(next.handshakes())
                .compression(next.compression())
                .drainDelay(next.drainDelay())
                .drain(next.drain())
                .admin(running.admin())
                .backends(running.backends())
                .logging(next.logging())
                .threads(running.threads())
                .watchesFile(running.watchesFile())
                .warmup(running.warmup())
                .upgradeOverlap(next.upgradeOverlap())
                .upgradeSocket(running.upgradeSocket())
                .pidFile(running.pidFile())
                .sandbox(running.sandbox())
                .build();
        return new Result(config, List.copyOf(kept), List.copyOf(problems));
    }

    private void keep(String place, @Nullable Object old, @Nullable Object now) {
        if (!Objects.equals(old, now)) {
            kept.add(place);
        }
    }

    private List<ListenerConfig> listeners(ProxyConfig next) {
        Map<ListenerKey, ListenerConfig> before = GenerationMaker.keys(running);
        List<ListenerConfig> all = new ArrayList<>();
        GenerationMaker.keys(next).forEach((key, listener) -> {
            ListenerConfig old = before.get(key);
            if (old != null && needsRestart(old.offload(), listener.offload())) {
                kept.add("listener " + listener.name() + ": offload");
                all.add(listener.with(old.offload()));
            } else {
                refuseUnlessOpen("listener " + listener.name(), listener.offload());
                all.add(listener);
            }
        });
        return all;
    }

    /** The owner of connections is chosen when the socket is bound. */
    private boolean needsRestart(OffloadConfig old, OffloadConfig now) {
        boolean whole = old instanceof OffloadConfig.WholeConnections || now instanceof OffloadConfig.WholeConnections;
        return !isOpen(now) || whole && !old.equals(now);
    }

    private void refuseUnlessOpen(String owner, OffloadConfig offload) {
        if (!isOpen(offload)) {
            problems.add(
                    owner + ": offload: this process has not opened " + offload.backend() + ", which needs a restart");
        }
    }

    private boolean isOpen(OffloadConfig offload) {
        return backends.contains(offload.backend());
    }
}
