package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Access, rates and compression, from the configuration's file to client and server, over both versions. */
class GuardedRoutesIT {
    /** Of "secret", at the least cost. */
    private static final String HASH = "$2y$04$I0pYNTSfe9XB/pa/hNvD4uQUyKBqEwPmYuIRz4tST1PzRqPWtOQ8y";

    private static final String PAGE = "<p>a line of a page that repeats itself</p>\n".repeat(500);

    private static final String CONFIG = """
            listeners:
              - bind: 127.0.0.1:0
                tls: {cert: %s}
                trusted-proxies: [127.0.0.1]
                compression: on
                routes:
                  - {path: /office, upstream: app, access: {addresses: [{allow: [10.0.0.0/8]}]}}
                  - {path: /staff, upstream: app, access: {basic-auth: {file: staff.htpasswd, realm: Staff}}}
                  - path: /members
                    upstream: app
                    access: {forward-auth: {upstream: auth, path: /verify, copy: [Remote-User]}}
                  - {path: /lost, upstream: app, access: {forward-auth: {upstream: nowhere}}}
                  - {path: /few, upstream: app, rates: [{name: few, requests: 2/h, burst: 2}]}
                  - {path: /dry, upstream: app, rates: [{name: dry, requests: 1/h, dry-run: true}]}
                  - {path: /secret, upstream: app, compression: off}
                upstream: app
            upstreams:
              app: {servers: [127.0.0.1:%d]}
              auth: {servers: [127.0.0.1:%<d]}
              nowhere: {servers: [127.0.0.1:1]}
            logging: {access: false}
            """;

    private final AtomicInteger served = new AtomicInteger();
    /** Events that the client has read. */
    private final Semaphore read = new Semaphore(0);

    @TempDir
    private Path dir;

    private ConfiguredProxy proxy;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(dir.resolve("staff.htpasswd"), "alice:" + HASH + "\n");
        proxy = ConfiguredProxy.start(
                dir, CONFIG, Map.of("/", this::serve, "/verify", GuardedRoutesIT::decide, "/events", this::stream));
    }

    private void serve(HttpExchange exchange) throws IOException {
        served.incrementAndGet();
        Headers fields = exchange.getRequestHeaders();
        exchange.getResponseHeaders().set("Content-Type", "text/html");
        exchange.getResponseHeaders().set("ETag", "\"v1\"");
        exchange.getResponseHeaders().set("X-User", String.valueOf(fields.get("Remote-User")));
        exchange.getResponseHeaders().set("X-Twin", String.valueOf(fields.get("Remote_User")));
        byte[] page = PAGE.getBytes(US_ASCII);
        exchange.sendResponseHeaders(200, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
    }

    private void stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        for (int i = 0; i < 5; i++) {
            exchange.getResponseBody().write(("data: " + i + "\n\n").getBytes(US_ASCII));
            exchange.getResponseBody().flush();
            read.acquireUninterruptibly();
        }
        exchange.close();
    }

    /** The server that decides. */
    private static void decide(HttpExchange exchange) throws IOException {
        Headers fields = exchange.getRequestHeaders();
        String target = fields.getFirst("X-Forwarded-Uri");
        byte[] body = (fields.getFirst("X-Forwarded-Method") + " " + target).getBytes(US_ASCII);
        int status = target.contains("broken") ? 500 : "right".equals(fields.getFirst("X-Token")) ? 200 : 401;
        exchange.getResponseHeaders().set("WWW-Authenticate", "Token");
        if (!target.contains("nobody")) {
            exchange.getResponseHeaders().set("Remote-User", "alice");
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldLetTheClientsOfAnAddressPassHoweverThePathIsWritten(Version version) throws Exception {
        for (String path : List.of("/office", "/office/x", "/%6fffice", "//office", "/x/../office", "/./office")) {
            assertThat(get(version, path).statusCode()).as(path).isEqualTo(403);
            assertThat(get(version, path, "X-Forwarded-For", "10.1.2.3").statusCode())
                    .as(path)
                    .isNotEqualTo(403);
            assertThat(get(version, path, "X-Forwarded-For", "10.1.2.3, 192.0.2.7")
                            .statusCode())
                    .as(path)
                    .isEqualTo(403);
        }
        assertThat(get(version, "/office", "X-Forwarded-For", "10.1.2.3").statusCode())
                .isEqualTo(200);
        assertThat(proxy.metrics())
                .contains("offramp_access_denied_total{listener=\"127.0.0.1:0\",rule=\"address\"} 12.0");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldAskForAPasswordAndRememberARightOne(Version version) throws Exception {
        // When
        HttpResponse<byte[]> nobody = get(version, "/staff");
        HttpResponse<byte[]> wrong = get(version, "/staff", "Authorization", basic("alice:wrong"));
        HttpResponse<byte[]> unknown = get(version, "/staff", "Authorization", basic("mallory:secret"));
        HttpResponse<byte[]> right = get(version, "/staff", "Authorization", basic("alice:secret"));
        HttpResponse<byte[]> again = get(version, "/staff", "Authorization", basic("alice:secret"));

        // Then
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(nobody.headers().firstValue("WWW-Authenticate"))
                .hasValue("Basic realm=\"Staff\", charset=\"UTF-8\"");
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(right.statusCode()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(served).hasValue(2);
        assertThat(proxy.metrics())
                .contains("offramp_logins_total{listener=\"127.0.0.1:0\",result=\"wrong\"} 2.0")
                .contains("offramp_logins_total{listener=\"127.0.0.1:0\",result=\"right\"} 1.0")
                .contains("offramp_logins_total{listener=\"127.0.0.1:0\",result=\"remembered\"} 1.0");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldLetAClientThatGuessesWait(Version version) throws Exception {
        // Given
        String[] guess = {"X-Forwarded-For", "192.0.2.66", "Authorization", basic("alice:guess")};
        String[] right = {"X-Forwarded-For", "192.0.2.66", "Authorization", basic("alice:secret")};
        int wrong = 0;
        while (wrong < 30 && get(version, "/staff", guess).statusCode() == 401) {
            wrong++;
        }

        // When
        HttpResponse<byte[]> late = get(version, "/staff", right);

        // Then
        assertThat(wrong).isBetween(20, 25);
        assertThat(late.statusCode()).isEqualTo(429);
        assertThat(late.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 6L);
        assertThat(get(version, "/staff", "Authorization", basic("alice:secret"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(get(version, "/staff", right).statusCode())
                .as("one that is known to be right")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldLetAnotherServerDecide(Version version) throws Exception {
        // When
        HttpResponse<byte[]> denied = get(version, "/members/x?y", "Remote-User", "root");
        HttpResponse<byte[]> allowed =
                get(version, "/members", "X-Token", "right", "Remote-User", "root", "Remote_User", "root");
        HttpResponse<byte[]> nameless = get(version, "/members/nobody", "X-Token", "right", "Remote-User", "root");

        // Then
        assertThat(denied.statusCode()).isEqualTo(401);
        assertThat(denied.headers().firstValue("WWW-Authenticate")).hasValue("Token");
        assertThat(new String(denied.body(), US_ASCII)).isEqualTo("GET /members/x?y");
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("X-User")).hasValue("[alice]");
        assertThat(allowed.headers().firstValue("X-Twin")).hasValue("null");
        assertThat(nameless.headers().firstValue("X-User")).hasValue("null");
        assertThat(served).hasValue(2);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldRefuseWhatNobodyHasDecided(Version version) throws Exception {
        assertThat(get(version, "/members/broken", "X-Token", "right").statusCode())
                .isEqualTo(502);
        assertThat(get(version, "/lost").statusCode()).isEqualTo(503);
        assertThat(served).hasValue(0);
        assertThat(proxy.metrics()).contains("offramp_forward_auth_failures_total{listener=\"127.0.0.1:0\"} 2.0");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldRefuseRequestsOverALimit(Version version) throws Exception {
        // Given
        assertThat(get(version, "/few").statusCode()).isEqualTo(200);
        assertThat(get(version, "/few").statusCode()).isEqualTo(200);

        // When
        HttpResponse<byte[]> over = get(version, "/few");

        // Then
        assertThat(over.statusCode()).isEqualTo(429);
        assertThat(over.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1700L, 1800L);
        assertThat(get(version, "/few", "X-Forwarded-For", "192.0.2.7").statusCode())
                .isEqualTo(200);
        assertThat(served).hasValue(3);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldOnlyCountWhatALimitThatIsTriedWouldRefuse(Version version) throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(get(version, "/dry").statusCode()).isEqualTo(200);
        }
        assertThat(proxy.metrics()).contains("offramp_rate_limited_total{limit=\"dry\",mode=\"dry-run\"} 2.0");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldCompressForClientsThatWantIt(Version version) throws Exception {
        // When
        HttpResponse<byte[]> plain = get(version, "/page");
        HttpResponse<byte[]> zipped = get(version, "/page", "Accept-Encoding", "gzip");
        HttpResponse<byte[]> secret = get(version, "/secret", "Accept-Encoding", "gzip");

        // Then
        assertThat(new String(plain.body(), US_ASCII)).isEqualTo(PAGE);
        assertThat(plain.headers().firstValue("Vary")).hasValue("Accept-Encoding");
        assertThat(plain.headers().firstValue("ETag")).hasValue("\"v1\"");
        assertThat(zipped.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(zipped.headers().firstValue("ETag")).hasValue("W/\"v1\"");
        assertThat(zipped.headers().firstValue("Content-Length")).isEmpty();
        assertThat(zipped.body().length).isLessThan(PAGE.length() / 10);
        assertThat(new String(new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes(), US_ASCII))
                .isEqualTo(PAGE);
        assertThat(new String(secret.body(), US_ASCII)).isEqualTo(PAGE);
        assertThat(proxy.metrics()).contains("offramp_compression_answers_total{coding=\"gzip\"} 1.0");
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void shouldGiveEachEventOfAStreamAtOnce(Version version) throws Exception {
        // Given a server that sends the next event only when the client has read the last
        HttpRequest request = request(version, "/events", "Accept-Encoding", "gzip");

        // When
        HttpResponse<InputStream> answer = proxy.client().send(request, BodyHandlers.ofInputStream());

        // Then
        assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
        try (InputStream events = new GZIPInputStream(answer.body())) {
            for (int i = 0; i < 5; i++) {
                String event = "data: " + i + "\n\n";
                assertThat(new String(events.readNBytes(event.length()), US_ASCII))
                        .isEqualTo(event);
                read.release();
            }
            assertThat(events.read()).isNegative();
        }
    }

    @Test
    void shouldRefuseAnUpgradeThatTheRouteRefuses() {
        CompletableFuture<WebSocket> opening = proxy.client()
                .newWebSocketBuilder()
                .buildAsync(
                        URI.create("wss://localhost:" + proxy.port(0) + "/office/socket"), new WebSocket.Listener() {});

        assertThat(opening)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.throwable(WebSocketHandshakeException.class))
                .extracting(refused -> refused.getResponse().statusCode())
                .isEqualTo(403);
        assertThat(served).hasValue(0);
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(US_ASCII));
    }

    private HttpResponse<byte[]> get(Version version, String path, String... fields) throws Exception {
        return proxy.client().send(request(version, path, fields), BodyHandlers.ofByteArray());
    }

    private HttpRequest request(Version version, String path, String... fields) {
        HttpRequest.Builder request = proxy.request(path).version(version);
        if (fields.length > 0) {
            request.headers(fields);
        }
        return request.build();
    }
}
