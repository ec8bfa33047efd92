package io.offramp.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.rate.RateEvents;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateMetricsTest {
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final RuleMetrics rules = metrics.rules();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void shouldCountSharedBucketsOnceForALimitInBothModes() throws Exception {
        // Given
        RateEvents tried = rules.rate("few", true);
        RateEvents enforced = rules.rate("few", false);

        // When
        tried.onShared();
        enforced.onShared();
        tried.onOver();

        // Then
        assertThat(page())
                .contains("offramp_rate_shared_total{limit=\"few\"} 2.0")
                .contains("offramp_rate_limited_total{limit=\"few\",mode=\"dry-run\"} 1.0")
                .contains("offramp_rate_limited_total{limit=\"few\",mode=\"enforced\"} 0.0");
    }

    @Test
    void shouldRemoveTheMetersOfLimitsThatAreGone() throws Exception {
        // Given
        rules.rate("gone", false).onOver();
        rules.rate("few", true).onOver();
        rules.rate("few", false).onOver();

        // When
        rules.keepRates(List.of(limit("few", false)));

        // Then
        assertThat(page())
                .doesNotContain("gone", "mode=\"dry-run\"")
                .contains("offramp_rate_limited_total{limit=\"few\",mode=\"enforced\"} 1.0")
                .contains("offramp_rate_shared_total{limit=\"few\"} 0.0");

        // And one of that name that comes back is shown from the start
        rules.rate("gone", false).onOver();
        assertThat(page()).contains("offramp_rate_limited_total{limit=\"gone\",mode=\"enforced\"} 1.0");
    }

    private static RateLimit limit(String name, boolean dryRun) {
        return new RateLimit(
                name, RateLimit.What.REQUESTS, 1, TimeUnit.SECONDS.toNanos(1), 1, new RateKey.Address(), dryRun, 8);
    }

    private String page() throws Exception {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.scrape(page);
        return page.toString(StandardCharsets.UTF_8);
    }
}
