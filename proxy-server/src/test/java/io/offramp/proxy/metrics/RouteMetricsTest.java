package io.offramp.proxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.offramp.proxy.route.RouteEvents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteMetricsTest {
    private final ProxyMetrics metrics = new ProxyMetrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void shouldCountAndTimeTheRequestsOfEachRoute() throws IOException {
        // Given
        RouteEvents api = metrics.route("web", "api.example.com/v2");

        // When
        api.onRequest(204, TimeUnit.MILLISECONDS.toNanos(3));
        api.onRequest(299, TimeUnit.MILLISECONDS.toNanos(4));
        api.onRequest(499, TimeUnit.SECONDS.toNanos(40));
        metrics.route("web", "/").onRequest(99_999, 1);

        // Then
        String labels = "{listener=\"web\",route=\"api.example.com/v2\"";
        assertThat(scrape())
                .contains("offramp_route_requests_total" + labels + ",status=\"2xx\"} 2.0")
                .contains("offramp_route_requests_total" + labels + ",status=\"4xx\"} 1.0")
                .contains("offramp_route_requests_total" + labels + ",status=\"5xx\"} 0.0")
                .contains("offramp_route_request_duration_seconds_bucket" + labels + ",le=\"0.002\"} 0")
                .contains("offramp_route_request_duration_seconds_bucket" + labels + ",le=\"0.005\"} 2")
                .contains("offramp_route_request_duration_seconds_bucket" + labels + ",le=\"30.0\"} 2")
                .contains("offramp_route_request_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 3")
                .contains("offramp_route_request_duration_seconds_sum" + labels + "} 40.007")
                .contains("offramp_route_requests_total{listener=\"web\",route=\"/\",status=\"5xx\"} 1.0");
        assertThat(metrics.route("web", "api.example.com/v2")).isSameAs(api);
    }

    @Test
    void shouldForgetRoutesThatAreGone() throws IOException {
        metrics.route("web", "/old").onRequest(200, 1);
        metrics.route("web", "/new").onRequest(200, 1);
        metrics.route("site", "/new").onRequest(200, 1);

        metrics.keep(Map.of("web", Set.of("/new")), Set.of());

        assertThat(scrape())
                .contains("offramp_route_requests_total{listener=\"web\",route=\"/new\",status=\"2xx\"} 1.0")
                .doesNotContain("/old", "site");
    }

    @Test
    void shouldAllocateNothingForARequest() {
        RouteEvents route = metrics.route("web", "/");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        route.onRequest(200, 1);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            route.onRequest(200, i * 1_000L);
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    private String scrape() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.scrape(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
