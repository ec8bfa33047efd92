package io.offramp.proxy.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.accept.Gates;
import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.handshake.engine.FuzzClient;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadPlan;
import io.offramp.proxy.session.RecordSizeConfig;
import io.offramp.proxy.session.SessionSettings;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CurrentListenerTest {
    private static final RecordOffload SOFTWARE = new SwProvider().open(Map.of());

    private static final Terms REQUIRED = new Terms(
            Mode.HTTP, new ClientAuthSettings(ClientAuthSettings.Mode.REQUIRED, List.of(Path.of("ca.pem")), null, 1));

    private final ProxyMetrics metrics = new ProxyMetrics();
    private final Generations generations = new Generations();
    private final CurrentListener web = new CurrentListener(generations, key("web", 0));

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void shouldGiveTheListenerOfTheGenerationOfNow() {
        // Given
        ListenerGeneration old = listener("web");
        ListenerGeneration next = listener("web");
        generations.swap(generation(old));
        assertThat(web.get()).isSameAs(old);
        assertThat(web.get()).isSameAs(old);

        // When
        generations.swap(generation(listener("other"), next));

        // Then
        assertThat(web.get()).isSameAs(next);
        assertThat(web.get()).isSameAs(next);
    }

    @Test
    void shouldTellListenersOfOneAddressApartByTheirOrder() {
        ListenerGeneration first = listener("web");
        ListenerGeneration second = listener("web", 1);
        generations.swap(generation(first, listener("other"), second));

        assertThat(web.get()).isSameAs(first);
        assertThat(new CurrentListener(generations, key("web", 1)).get()).isSameAs(second);
    }

    @Test
    void shouldKeepTheLastWhenTheNextGenerationHasNoSuchListener() {
        ListenerGeneration last = listener("web");
        generations.swap(generation(last));
        assertThat(web.get()).isSameAs(last);

        generations.swap(generation(listener("other")));

        assertThat(web.get()).isSameAs(last);
    }

    @Test
    void shouldKeepTheLastOfTheSameTerms() {
        // Given
        Terms terms = new Terms(Mode.HTTP, ClientAuthSettings.OFF);
        CurrentListener met = new CurrentListener(generations, key("web", 0), terms);
        ListenerGeneration last = listener("web", 0, terms);
        generations.swap(generation(last));
        assertThat(met.get()).isSameAs(last);

        // When
        ListenerGeneration next = listener("web", 0, REQUIRED);
        generations.swap(generation(next));

        // Then
        assertThat(met.get()).isSameAs(last);
        assertThat(web.get()).isSameAs(next);
        assertThat(met.isFor(REQUIRED)).isFalse();
    }

    @Test
    void shouldThrowBeforeThereIsOne() {
        assertThatThrownBy(web::get).isInstanceOf(IllegalStateException.class);
        generations.swap(generation(listener("other")));
        assertThatThrownBy(web::get).isInstanceOf(IllegalStateException.class).hasMessageContaining("web");
    }

    private static Generation generation(ListenerGeneration... listeners) {
        Upstreams none = new Upstreams(
                Map.of(),
                spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
                UpstreamSettings.DEFAULTS,
                name -> UpstreamEvents.NONE);
        return new Generation(List.of(listeners), none, ClientLimits.DEFAULTS, List.of());
    }

    private static ListenerKey key(String host, int nth) {
        return new ListenerKey(new HostPort(host, 0), nth);
    }

    private ListenerGeneration listener(String host) {
        return listener(host, 0);
    }

    private ListenerGeneration listener(String host, int nth) {
        return listener(host, nth, new Terms(Mode.HTTP, ClientAuthSettings.OFF));
    }

    private ListenerGeneration listener(String host, int nth, Terms terms) {
        OffloadPlan plan = new OffloadPlan(SOFTWARE, SOFTWARE, Policy.SW, Policy.SW, AutoPolicy.DEFAULTS);
        return new ListenerGeneration(
                key(host, nth),
                "any",
                terms,
                metrics.listener("any"),
                null,
                FuzzClient.settings(),
                SessionSettings.of(plan, metrics.tls(), RecordSizeConfig.DEFAULTS),
                Gates.open(metrics.listener("any")),
                List.of(),
                List.of(),
                pipeline -> {},
                null,
                new Router(List.of(), upstream -> null));
    }
}
