package io.offramp.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.upstream.failure.FailureReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Meters of listeners and upstreams that come and go. */
class MetersByNameTest {
    private final ProxyMetrics metrics = new ProxyMetrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void shouldRemoveAllMetersOfAListenerThatIsGone() throws IOException {
        // Given
        ListenerMetrics gone = metrics.listener("gone");
        gone.onRequest(200);
        metrics.listener("web").onRequest(200);
        metrics.reloads().onReloaded(Reloadable.of("certificate", "gone", List.of(), List::of));
        metrics.reloads().onReloaded(Reloadable.of("admin token", ProxyMetrics.ADMIN, List.of(), List::of));

        // When
        metrics.keep(Map.of("web", Set.of()), Set.of());

        // Then
        assertThat(scrape())
                .doesNotContain("gone")
                .contains("offramp_http_answers_total{listener=\"web\",status=\"200\"} 1.0")
                .contains("offramp_admin_token_reloads_total{listener=\"admin\",result=\"success\"} 1.0");
        assertThat(metrics.certificates()).containsOnlyKeys("web");
    }

    @Test
    void shouldRemoveAllMetersOfAnUpstreamThatIsGone() throws IOException {
        // Given
        metrics.upstream("gone").onFailed(FailureReason.CONNECT);
        metrics.upstreamTls("gone");
        metrics.upstream("app").onAnswer(200, 1);

        // When
        metrics.keep(Map.of(), Set.of("app"));

        // Then
        assertThat(scrape())
                .doesNotContain("gone")
                .contains("offramp_upstream_answers_total{status=\"200\",upstream=\"app\"} 1.0");
    }

    @Test
    void shouldNotShowWhatHappensToAListenerBehindItsEnd() throws IOException {
        // Given
        ListenerMetrics draining = metrics.listener("web");
        metrics.keep(Map.of(), Set.of());

        // When
        draining.onRequest(404); // a series that has not been there
        ListenerMetrics next = metrics.listener("web");
        draining.onRequest(404);
        next.onRequest(404);

        // Then
        assertThat(next).isNotSameAs(draining);
        assertThat(scrape()).contains("offramp_http_answers_total{listener=\"web\",status=\"404\"} 1.0");
    }

    private String scrape() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.scrape(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
