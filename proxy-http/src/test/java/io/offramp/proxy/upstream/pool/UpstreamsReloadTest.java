package io.offramp.proxy.upstream.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.CheckResult;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import io.offramp.proxy.upstream.health.ServerHealth;
import io.offramp.proxy.upstream.health.ServerState;
import io.offramp.proxy.upstream.health.Standing;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Upstreams from one configuration to the next, over one event loop. */
class UpstreamsReloadTest {
    private static final Protocols SPOKEN = spoken -> new Http1Protocol(HeadLimits.DEFAULTS);

    private static final HealthConfig CHECKED = new HealthConfig(
            new CheckConfig(new Probe.Tcp(), Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 3, 0), OutlierConfig.OFF);
    private static final HealthConfig EJECTING = new HealthConfig(
            CheckConfig.NONE, new OutlierConfig(1, Duration.ofSeconds(30), Duration.ofSeconds(100), 50));

    private final EmbeddedChannel client = new EmbeddedChannel();
    private final Upstreams first = new Upstreams(
            config(1, 2), SPOKEN, UpstreamSettings.DEFAULTS, name -> UpstreamEvents.NONE, (a, b, c, d, e) -> {
                throw new AssertionError("no connection is needed");
            });
    private final UpstreamLoop loop = first.on(client.eventLoop());

    @Test
    void shouldKeepAnUpstreamOfWhichNothingDiffers() {
        Upstreams next = next(first, UpstreamSettings.DEFAULTS, 1, 2);

        assertThat(app(next)).isSameAs(app(first));
        assertThat(next.on(client.eventLoop())).isSameAs(loop);
    }

    @Test
    void shouldKeepThePoolsAndCountsOfServersThatStay() {
        // Given
        UpstreamServer before = app(first).servers().getFirst();
        ServerPool pool = loop.pool(before);
        before.onBegin(loop.clock());

        // When
        Upstreams next = next(first, UpstreamSettings.DEFAULTS, 3, 1);
        replace(next, first);

        // Then
        UpstreamServer after = app(next).servers().getLast();
        assertThat(after.name()).isEqualTo(before.name());
        assertThat(loop.pool(after)).isSameAs(pool);
        assertThat(after.requests().active()).isEqualTo(1);
        assertThat(before.poolKey().isRetired()).isFalse();
        assertThat(app(first).servers().getLast().poolKey().isRetired()).isTrue();
    }

    @Test
    void shouldUseTheNewBoundsFromTheReloadOn() {
        UpstreamSettings changed = UpstreamSettings.builder().idleConnections(3).build();

        Upstreams next = next(first, changed, 1, 2);
        assertThat(loop.settings()).isEqualTo(UpstreamSettings.DEFAULTS);
        replace(next, first);

        assertThat(loop.settings()).isEqualTo(changed);
        UpstreamServer before = app(first).servers().getFirst();
        assertThat(app(next).servers().getFirst().poolKey()).isNotSameAs(before.poolKey());
    }

    @Test
    void shouldRememberNothingOfLateRequestsForUpstreamsThatAreGone() {
        // Given
        List<Upstreams> all = new ArrayList<>(List.of(first));
        IntStream.range(0, 20).forEach(i -> {
            loop.next(app(all.getLast()), HashKey.NONE, 0);
            Upstreams next = next(all.getLast(), UpstreamSettings.DEFAULTS, 1, 100 + i);
            replace(next, all.getLast());
            all.add(next);
        });

        // When
        all.forEach(each ->
                assertThat(loop.next(app(each), HashKey.NONE, 0)).as("late").isNotNull());

        // Then
        assertThat(loop.balancers()).isEqualTo(1);
    }

    @Test
    void shouldTakeAServerThatChecksFoundDownIfNobodyChecksItAnyMore() {
        // Given
        Upstreams checked = first.next(
                config(CHECKED, 1, 2), SPOKEN, UpstreamSettings.DEFAULTS, name -> UpstreamEvents.NONE, name -> null);
        replace(checked, first);
        ServerHealth health = app(checked).servers().getFirst().health();
        health.onCheck(CheckResult.BAD, "refused", 0);
        assertThat(health.standing().state()).isEqualTo(ServerState.DOWN);

        // When
        Upstreams next = next(checked, UpstreamSettings.DEFAULTS, 1, 2);
        replace(next, checked);
        health.onCheck(CheckResult.BAD, "refused", 0); // was under way

        // Then
        Standing after = app(next).servers().getFirst().health().standing();
        assertThat(after.state()).isEqualTo(ServerState.UP);
        assertThat(after.why()).isEqualTo("not checked any more");
    }

    @Test
    void shouldLoseNoDrainThatComesDuringAReload() {
        // Given
        Upstreams next = next(first, UpstreamSettings.DEFAULTS, 1, 3);

        // When
        app(first).servers().getFirst().health().drain(true, 0);
        replace(next, first);

        // Then
        assertThat(app(next).servers().getFirst().health().standing().state()).isEqualTo(ServerState.DRAINED);
    }

    @Test
    void shouldJudgeByTheOldLimitsUntilAReloadSucceeds() {
        // Given
        ServerHealth health = app(first).servers().getFirst().health();
        Upstreams next = first.next(
                config(EJECTING, 1, 2), SPOKEN, UpstreamSettings.DEFAULTS, name -> UpstreamEvents.NONE, name -> null);

        // When
        health.onFault("status 500", 0);
        assertThat(health.standing().state()).isEqualTo(ServerState.UP);
        replace(next, first);
        health.onFault("status 500", 0); // of a request that began before the reload, too

        // Then
        assertThat(app(next).servers().getFirst().health().standing().state()).isEqualTo(ServerState.EJECTED);
    }

    @Test
    void shouldTellConnectionsFromBeforeAReloadThatTheirServerHasMoved() {
        // Given
        UpstreamServer before = app(first).servers().getFirst();
        Upstreams next = next(first, UpstreamSettings.DEFAULTS, 1, 3);
        replace(next, first);
        UpstreamServer after = app(next).servers().getFirst();
        InetSocketAddress moved = new InetSocketAddress("127.0.0.5", 1);

        // When
        IntStream.range(0, 3).forEach(answer -> after.onAddresses(List.of(moved)));

        // Then
        assertThat(after.name()).isEqualTo(before.name());
        assertThat(before.knownAddresses().includes(new InetSocketAddress("127.0.0.1", 1)))
                .isFalse();
        assertThat(before.addresses()).containsExactly(moved);
    }

    private void replace(Upstreams next, Upstreams before) {
        next.replace(before, client.eventLoop().ticker().nanoTime());
        client.runPendingTasks();
    }

    private static UpstreamGroup app(Upstreams of) {
        UpstreamGroup group = of.group("app");
        assertThat(group).isNotNull();
        return group;
    }

    private static Upstreams next(Upstreams before, UpstreamSettings settings, int... ports) {
        return before.next(config(ports), SPOKEN, settings, name -> UpstreamEvents.NONE, name -> null);
    }

    private static Map<String, UpstreamConfig> config(HealthConfig health, int... ports) {
        return Map.of("app", upstream(ports).with(health));
    }

    private static Map<String, UpstreamConfig> config(int... ports) {
        return Map.of("app", upstream(ports));
    }

    private static UpstreamConfig upstream(int... ports) {
        List<ServerAddress> servers = Arrays.stream(ports)
                .<ServerAddress>mapToObj(port -> new HostPort("127.0.0.1", port))
                .toList();
        return new UpstreamConfig("app", servers);
    }
}
