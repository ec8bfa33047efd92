package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queue, further attempts, times and forwarded fields, from the configuration's file to client and server. */
class UpstreamRulesIT {
    private static final String CONFIG = """
            listeners:
              - bind: 127.0.0.1:0
                tls: {cert: %s}
                forwarding: {x-forwarded: false, forwarded: true, request-id: true}
                routes:
                  - {path: /held/short, upstream: app, timeouts: {answer: 200ms}}
                upstream: app
            upstreams:
              app:
                servers: [127.0.0.1:%d]
                limits: {requests: 1}
                queue: {size: 1, timeout: 30s}
                retry: {on: [503]}
            logging: {access: false}
            """;

    private final CountDownLatch held = new CountDownLatch(1);
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger holding = new AtomicInteger();

    @TempDir
    private Path dir;

    private ConfiguredProxy proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = ConfiguredProxy.start(dir, CONFIG, Map.of("/", this::serve));
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/held")) {
            holding.incrementAndGet();
            awaitEnd();
        }
        int status = path.equals("/once") && refused.getAndIncrement() == 0 ? 503 : 200;
        String fields = exchange.getRequestHeaders().getFirst("Forwarded") + " "
                + exchange.getRequestHeaders().getFirst("X-Request-Id");
        exchange.sendResponseHeaders(status, fields.length());
        exchange.getResponseBody().write(fields.getBytes(US_ASCII));
        exchange.close();
    }

    private void awaitEnd() {
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        held.countDown();
        proxy.close();
    }

    @Test
    void shouldTryAgainBehindAStatusOfTheList() throws Exception {
        HttpResponse<String> answer = get("/once").get();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(refused).hasValue(2);
    }

    @Test
    void shouldTellServersOfClientsAsChosen() throws Exception {
        assertThat(get("/").get().body())
                .matches("for=127\\.0\\.0\\.1;host=\"localhost:\\d+\";proto=https;by=_offramp [0-9a-f]{32}");
    }

    @Test
    void shouldWaitForAnAnswerAsLongAsTheRouteSays() throws Exception {
        assertThat(get("/held/short").get().statusCode()).isEqualTo(504);
    }

    @Test
    void shouldLetOneWaitForTheOnlyPlaceAndRefuseTheNext() throws Exception {
        // Given
        CompletableFuture<HttpResponse<String>> first = get("/held");
        await().until(() -> holding.get() == 1);
        CompletableFuture<HttpResponse<String>> second = get("/second");
        await().untilAsserted(
                        () -> assertThat(proxy.metrics()).contains("offramp_upstream_queue{upstream=\"app\"} 1.0"));

        // When
        HttpResponse<String> third = get("/third").get();
        held.countDown();

        // Then
        assertThat(third.statusCode()).isEqualTo(503);
        assertThat(third.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(first.get().statusCode()).isEqualTo(200);
        assertThat(second.get().statusCode()).isEqualTo(200);
        assertThat(proxy.metrics())
                .contains("offramp_upstream_queue_refused_total{reason=\"full\",upstream=\"app\"} 1.0")
                .contains("offramp_upstream_queue{upstream=\"app\"} 0.0");
    }

    private CompletableFuture<HttpResponse<String>> get(String path) {
        return proxy.client().sendAsync(proxy.request(path).build(), BodyHandlers.ofString());
    }
}
