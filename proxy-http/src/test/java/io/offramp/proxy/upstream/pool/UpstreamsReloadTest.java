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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Upstreams from one configuration to the next, over one event loop. */
class UpstreamsReloadTest {
    private static final Protocols SPOKEN = spoken -> new Http1Protocol(HeadLimits.DEFAULTS);

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

    private void replace(Upstreams next, Upstreams before) {
        next.replace(before);
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

    private static Map<String, UpstreamConfig> config(int... ports) {
        List<ServerAddress> servers = Arrays.stream(ports)
                .<ServerAddress>mapToObj(port -> new HostPort("127.0.0.1", port))
                .toList();
        return Map.of("app", new UpstreamConfig("app", servers));
    }
}
