package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.offramp.offload.sw.SwProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.handshake.engine.TrustsAll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What rates count in front of access and behind it, and the target that another server judges. */
class AccessOrderIT {
    /** Of "secret", at the least cost. */
    private static final String HASH = "$2y$04$I0pYNTSfe9XB/pa/hNvD4uQUyKBqEwPmYuIRz4tST1PzRqPWtOQ8y";

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<String> served = new ConcurrentLinkedQueue<>();
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
            served.add(exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.createContext("/verify", this::decide);
        server.start();
        DevelopmentCertificate.create(dir);
        Files.writeString(dir.resolve("users"), "alice:" + HASH + "\nbob:" + HASH + "\n");
        SSLContext context = TrustsAll.context();
        client = HttpClient.newBuilder().sslContext(context).build();
        proxy = ProxyServer.start(load(), List.of(new SwProvider()));
    }

    /** The server that decides: by a token, which is the user's name. */
    private void decide(HttpExchange exchange) throws IOException {
        asked.add(exchange.getRequestHeaders().getFirst("X-Forwarded-Uri"));
        String user = exchange.getRequestHeaders().getFirst("X-Token");
        if (user != null) {
            exchange.getResponseHeaders().set("Remote-User", user);
        }
        exchange.sendResponseHeaders(user == null ? 401 : 200, -1);
        exchange.close();
    }

    private ProxyConfig load() throws IOException {
        Path file = Files.writeString(dir.resolve("offramp.yaml"), """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    routes:
                      - path: /login
                        access: {basic-auth: {file: users}}
                        rates: [{requests: 5/h, burst: 5}]
                        upstream: app
                      - path: /asked
                        access: {forward-auth: {upstream: auth, path: /verify}}
                        rates: [{requests: 5/h, burst: 5}]
                        upstream: app
                      - path: /user
                        access: {basic-auth: {file: users}}
                        rates: [{requests: 1/h, by: user}]
                        upstream: app
                      - path: /bytes
                        access: {basic-auth: {file: users}}
                        rates: [{bytes: 1/h, burst: 40, by: all}]
                        upstream: app
                      - path: /copied
                        access: {forward-auth: {upstream: auth, path: /verify, copy: [Remote-User]}}
                        rates: [{requests: 1/h, by: "header:Remote-User"}]
                        request-headers: {remove: [Remote-User]}
                        upstream: app
                      - path: /judged
                        access: {forward-auth: {upstream: auth, path: /verify}}
                        upstream: app
                    answer: 404
                upstreams:
                  app: {servers: [127.0.0.1:%d]}
                  auth: {servers: [127.0.0.1:%<d]}
                logging: {access: false}
                """.formatted(
                        DevelopmentCertificate.FILE_NAME, server.getAddress().getPort()));
        ConfigResult result = new ConfigLoader(List.of(new SwProvider()), dir).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
        server.stop(0);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLimitWrongLoginsOfAnAddress(Version version) throws Exception {
        // Given
        for (int i = 0; i < 5; i++) {
            assertThat(get(version, "/login", "Authorization", basic("alice:guess" + i)))
                    .isEqualTo(401);
        }

        // When
        int sixth = get(version, "/login", "Authorization", basic("alice:guess"));

        // Then
        assertThat(sixth).isEqualTo(429);
        assertThat(metrics()).contains("offramp_logins_total{listener=\"127.0.0.1:0\",result=\"wrong\"} 5.0");
    }

    @ParameterizedTest
    @EnumSource
    void shouldLimitTheQuestionsToAServerThatDecides(Version version) throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(get(version, "/asked")).isEqualTo(401);
        }

        assertThat(get(version, "/asked")).isEqualTo(429);
        assertThat(asked).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLimitAUserWhosePasswordIsRight(Version version) throws Exception {
        assertThat(get(version, "/user", "Authorization", basic("alice:guess"))).isEqualTo(401);
        assertThat(get(version, "/user", "Authorization", basic("alice:secret")))
                .isEqualTo(200);
        assertThat(get(version, "/user", "Authorization", basic("bob:secret"))).isEqualTo(200);
        assertThat(get(version, "/user", "Authorization", basic("alice:secret")))
                .isEqualTo(429);
    }

    @ParameterizedTest
    @EnumSource
    void shouldChargeNothingForWhatAccessRefusesInFrontOfALimit(Version version) throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(get(version, "/bytes", "Authorization", basic("alice:guess")))
                    .isEqualTo(401);
        }

        assertThat(get(version, "/bytes", "Authorization", basic("alice:secret")))
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLimitByAFieldAsTheServerThatDecidesHasSetIt(Version version) throws Exception {
        assertThat(get(version, "/copied", "X-Token", "alice", "Remote-User", "one"))
                .isEqualTo(200);
        assertThat(get(version, "/copied", "X-Token", "bob", "Remote-User", "one"))
                .isEqualTo(200);
        assertThat(get(version, "/copied", "X-Token", "alice", "Remote-User", "two"))
                .isEqualTo(429);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheTargetJudgedThatTheServerGets(Version version) throws Exception {
        assertThat(get(version, "/judged/public/%2e%2e/a%20b?q=/../x", "X-Token", "alice"))
                .isEqualTo(200);
        assertThat(get(version, "/judged/./x/../%61", "X-Token", "alice")).isEqualTo(200);
        assertThat(get(version, "//judged//b", "X-Token", "alice")).isEqualTo(200);
        assertThat(get(version, "/judged/c?%2F;", "X-Token", "alice")).isEqualTo(200);

        assertThat(served).containsExactly("/judged/a%20b?q=/../x", "/judged/a", "/judged/b", "/judged/c?%2F;");
        assertThat(asked).containsExactlyElementsOf(served);
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveNothingJudgedThatHasSeveralReadings(Version version) throws Exception {
        for (String path : List.of("/judged/a%2Fb", "/judged/a%5C..%5Cb", "/judged/a;x", "/judged/%2561")) {
            assertThat(get(version, path, "X-Token", "alice")).as(path).isEqualTo(400);
        }
        assertThat(asked).isEmpty();
        assertThat(served).isEmpty();
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(US_ASCII));
    }

    private int get(Version version, String path, String... fields) throws Exception {
        int port = proxy.listeners().getFirst().address().getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                .version(version);
        if (fields.length > 0) {
            request.headers(fields);
        }
        HttpResponse<Void> answer = client.send(request.build(), BodyHandlers.discarding());
        return answer.statusCode();
    }

    private String metrics() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        proxy.metrics().scrape(text);
        return text.toString(US_ASCII);
    }
}
