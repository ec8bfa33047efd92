package io.offramp.proxy.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules of routes, and listeners without TLS, from the configuration's file to client and server. */
class RulesIT {
    private static final String CONFIG = """
            listeners:
              - bind: 127.0.0.1:0
                tls: {cert: %s}
                https-redirect: {port: 8443}
                hsts: true
                routes:
                  - path: /api
                    strip-prefix: true
                    upstream: app
                    request-headers: {set: {X-Who: "{tls-version} {sni} {method}"}}
                    location: {origins: ["http://127.0.0.1:81"]}
                    cookies: {domain: "", path: {from: /, to: /api}, secure: true}
                  - {path: {regex: "/(u)/(.*)"}, rewrite: "/{2}?{1}={sni}", upstream: app}
                answer: {body: "none here", status: 404}
              - bind: 127.0.0.1:0
                tls: off
                routes: [{path: /moved, https-redirect: true, answer: 200}]
                upstream: app
            upstreams:
              app: [127.0.0.1:%d]
            logging: {access: false}
            """;

    @TempDir
    private Path dir;

    private ConfiguredProxy proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = ConfiguredProxy.start(dir, CONFIG, Map.of("/", RulesIT::serve));
    }

    private static void serve(HttpExchange exchange) throws IOException {
        String text =
                exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("X-Who");
        exchange.getResponseHeaders().set("Location", "http://127.0.0.1:81/there");
        exchange.getResponseHeaders().set("Set-Cookie", "a=b; Path=/; Domain=internal");
        exchange.sendResponseHeaders(200, text.length());
        exchange.getResponseBody().write(text.getBytes(US_ASCII));
        exchange.close();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldChangeRequestsAndAnswers(HttpClient.Version version) throws Exception {
        HttpResponse<String> answer = get(version, "https", 0, "/api/x/../y?z=1");

        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.body()).isEqualTo("/y?z=1 TLSv1.3 localhost GET");
        assertThat(answer.headers().firstValue("Location"))
                .hasValue("https://localhost:" + proxy.port(0) + "/api/there");
        assertThat(answer.headers().firstValue("Set-Cookie")).hasValue("a=b; Path=/api; Secure");
        assertThat(answer.headers().allValues("Strict-Transport-Security")).containsExactly("max-age=31536000");
    }

    @Test
    void shouldRewriteByAnExpressionAndAnswerTheRest() throws Exception {
        HttpResponse<String> rest = get(HttpClient.Version.HTTP_2, "https", 0, "/x");

        assertThat(get(HttpClient.Version.HTTP_2, "https", 0, "/u/a%3fb%2fc/%64?q")
                        .body())
                .startsWith("/a%3Fb%2Fc/d?u=localhost ");
        assertThat(rest.statusCode()).isEqualTo(404);
        assertThat(rest.body()).isEqualTo("none here");
        assertThat(rest.headers().firstValue("Strict-Transport-Security")).isPresent();
    }

    @Test
    void shouldServePlainHttpWhereTlsIsOff() throws Exception {
        HttpResponse<String> answer = get(HttpClient.Version.HTTP_1_1, "http", 1, "/p");
        HttpResponse<String> moved = get(HttpClient.Version.HTTP_1_1, "http", 1, "/moved?x");

        assertThat(answer.body()).isEqualTo("/p null");
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
        assertThat(moved.statusCode()).isEqualTo(308);
        assertThat(moved.headers().firstValue("Location")).hasValue("https://localhost/moved?x");
    }

    @Test
    void shouldSendPlainHttpAtAPortOfTlsToHttps() throws Exception {
        HttpResponse<String> moved = get(HttpClient.Version.HTTP_1_1, "http", 0, "/x?y");

        assertThat(moved.statusCode()).isEqualTo(308);
        assertThat(moved.headers().firstValue("Location")).hasValue("https://localhost:8443/x?y");
    }

    @Test
    void shouldTakePlainHttpInPiecesAtAPortOfTls() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port(0))) {
            for (String piece : List.of("GET /", "api HTTP/1.1\r\nHo", "st: a.example\r\nConnection: close\r\n\r\n")) {
                socket.getOutputStream().write(piece.getBytes(US_ASCII));
                socket.getOutputStream().flush();
            }

            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 308 ")
                    .contains("\r\nLocation: https://a.example:8443/api\r\n");
        }
    }

    private HttpResponse<String> get(HttpClient.Version version, String scheme, int listener, String path)
            throws Exception {
        URI uri = URI.create(scheme + "://localhost:" + proxy.port(listener) + path);
        return proxy.client().send(HttpRequest.newBuilder(uri).version(version).build(), BodyHandlers.ofString());
    }
}
