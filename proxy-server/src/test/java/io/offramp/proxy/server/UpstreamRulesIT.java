package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queue, further attempts, times and forwarded fields, from the configuration's file to client and server. */
class UpstreamRulesIT {
    private final CountDownLatch held = new CountDownLatch(1);
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger holding = new AtomicInteger();
    private HttpServer server;
    private ProxyServer proxy;
    private HttpClient client;

    @TempDir
    private Path dir;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
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
        });
        server.start();
        DevelopmentCertificate.create(dir);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
        client = HttpClient.newBuilder().sslContext(context).build();
        proxy = ProxyServer.start(load(), List.of(new SwProvider()));
    }

    private void awaitEnd() {
        try {
            held.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ProxyConfig load() throws IOException {
        Path file = Files.writeString(dir.resolve("offramp.yaml"), """
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
                """.formatted(
                        DevelopmentCertificate.FILE_NAME, server.getAddress().getPort()));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }

    @AfterEach
    void stop() {
        held.countDown();
        client.close();
        proxy.close();
        server.stop(0);
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
        await().untilAsserted(() -> assertThat(metrics()).contains("offramp_upstream_queue{upstream=\"app\"} 1.0"));

        // When
        HttpResponse<String> third = get("/third").get();
        held.countDown();

        // Then
        assertThat(third.statusCode()).isEqualTo(503);
        assertThat(third.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(first.get().statusCode()).isEqualTo(200);
        assertThat(second.get().statusCode()).isEqualTo(200);
        assertThat(metrics())
                .contains("offramp_upstream_queue_refused_total{reason=\"full\",upstream=\"app\"} 1.0")
                .contains("offramp_upstream_queue{upstream=\"app\"} 0.0");
    }

    private CompletableFuture<HttpResponse<String>> get(String path) {
        int port = proxy.listeners().getFirst().address().getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                .build();
        return client.sendAsync(request, BodyHandlers.ofString());
    }

    private String metrics() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        proxy.metrics().scrape(text);
        return text.toString(US_ASCII);
    }
}
