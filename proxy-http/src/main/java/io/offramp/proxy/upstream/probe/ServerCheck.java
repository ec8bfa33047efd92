package io.offramp.proxy.upstream.probe;

import io.netty.channel.EventLoop;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.CheckResult;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Checks one server again and again. Confined to one event loop, except for {@link #start} and {@link #close}. */
final class ServerCheck implements Probing.Result {
    private final UpstreamLoop loop;
    private final UpstreamServer server;
    private final CheckConfig config;
    private final Probe probe;
    private @Nullable Probing probing;
    private volatile boolean closed;

    ServerCheck(UpstreamLoop loop, UpstreamServer server, CheckConfig config, Probe probe) {
        this.loop = loop;
        this.server = server;
        this.config = config;
        this.probe = probe;
    }

    /** The first check comes at once, so that a server that is down at the start is known to be: one answer tells. */
    void start() {
        eventLoop().execute(this::check);
    }

    void close() {
        closed = true;
        eventLoop().execute(() -> {
            if (probing != null) {
                probing.cancel();
            }
        });
    }

    private EventLoop eventLoop() {
        return loop.eventLoop();
    }

    private void check() {
        if (closed) {
            return;
        }
        Probing next = new Probing(loop, server, config, probe, this);
        probing = next;
        next.start();
    }

    @Override
    public void onResult(CheckResult result, String why) {
        probing = null;
        server.group().events().onChecked(result);
        server.health().onCheck(result, why, loop.nowNs());
        again();
    }

    private void again() {
        if (!closed) {
            eventLoop()
                    .schedule(this::check, pauseNs(ThreadLocalRandom.current().nextDouble(-1, 1)), NANOSECONDS);
        }
    }

    /** @param chance -1 to 1 */
    private long pauseNs(double chance) {
        return (long) (config.interval().toNanos() * (1 + chance * config.jitterPercent() / 100));
    }

    private static final TimeUnit NANOSECONDS = TimeUnit.NANOSECONDS;
}
