package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules of routes between client and server, over HTTP/1.1. */
class RulesFlowTest {
    private static final String HOST = " HTTP/1.1\r\nHost: a\r\n";

    private final Handlers proxy = new Handlers(256);
    private final Peer client = proxy.connect();

    @AfterEach
    void nothingIsLeft() {
        proxy.close();
        assertThat(proxy.heldBytes()).isZero();
    }

    @Test
    void shouldRedirectWithoutAServer() {
        get("/moved/x?y=1");

        assertThat(answer())
                .startsWith("HTTP/1.1 308 Permanent Redirect\r\n")
                .contains("\r\nLocation: https://a/new/moved/x?y=1\r\n", "\r\nContent-Length: 0\r\n");
        assertThat(proxy.offered()).isZero();
        assertThat(proxy.logged()).containsExactly("/moved/x?y=1");
    }

    @Test
    void shouldAnswerWithoutLengthWhereTheStatusAllowsNone() {
        get("/gone");

        assertThat(answer())
                .startsWith("HTTP/1.1 204 No Content\r\n")
                .contains("\r\nX-Rule: GET\r\n")
                .doesNotContain("Content-Length");
    }

    @Test
    void shouldSendClientsWithoutTlsToHttps() {
        get("/secure/%0d%0aX:y?");

        assertThat(answer()).startsWith("HTTP/1.1 301 ").contains("\r\nLocation: https://a:8443/secure/%0d%0aX:y?\r\n");
    }

    @Test
    void shouldChangeFieldsBothWays() {
        // Given
        ask("GET /app/edited?q" + HOST + "Cookie: a=b\r\nX-User: root\r\nx_user: root\r\nConnection: x-user\r\n"
                + "Accept: */*\r\n\r\n");

        // When
        Peer server = accepted();
        String request = text(server);
        server.send(Message.ascii("HTTP/1.1 200 OK\r\nServer: s\r\nConnection: x-rule\r\nContent-Length: 2\r\n\r\nok"));
        proxy.settle();

        // Then
        assertThat(request)
                .startsWith("GET /app/edited?q HTTP/1.1\r\n")
                .contains("\r\nX-User: GET /app/edited\r\n", "\r\nAccept: */*\r\n")
                .doesNotContain("root", "Cookie", "Connection");
        assertThat(answer())
                .contains("\r\nX-Rule: aq\r\n", "\r\nContent-Length: 2\r\n")
                .doesNotContain("Server:")
                .endsWith("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User", "x_user", "X-USER", "Cookie"})
    void shouldDropTrailersThatContradictTheHead(String trailer) {
        // Given
        ask("POST /app/edited" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
        Peer server = accepted();

        // When
        ask("1\r\nx\r\n0\r\nX-End: 1\r\n" + trailer + ": root\r\n\r\n");

        // Then
        assertThat(text(server)).endsWith("0\r\nX-End: 1\r\n\r\n");
    }

    @Test
    void shouldShowAPageInPlaceOfAnErrorOfTheServer() {
        // Given
        get("/app/pages");
        Peer server = accepted();

        // When
        server.send(Message.ascii("HTTP/1.1 503 Oops\r\nWWW-Authenticate: Basic\r\n"
                + "Retry-After: 7\r\nETag: \"x\"\r\nContent-Encoding: gzip\r\n"
                + "Content-Length: 1000\r\n\r\nstack trace"));
        proxy.settle();
        String page = answer();
        get("/app/pages");
        proxy.refuse();
        proxy.settle();

        // Then
        assertThat(page)
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .contains("\r\nContent-Type: text/html\r\n", "\r\nContent-Length: 8\r\n")
                .containsOnlyOnce("\r\nRetry-After: 7\r\n")
                .contains("\r\nWWW-Authenticate: Basic\r\n")
                .doesNotContain("ETag", "Content-Encoding", "1000")
                .endsWith("\r\n\r\n<p>later");
        assertThat(answer()).startsWith("HTTP/1.1 502 ").endsWith("answer properly\n");
    }

    @Test
    void shouldShowTheAnswerOfAServerThatARuleHasAsked() {
        get("/told");

        assertThat(answer())
                .startsWith("HTTP/1.1 401 ")
                .contains("\r\nContent-Type: text/login\r\n")
                .endsWith("login");
    }

    @Test
    void shouldApplyTheSameRulesOverHttp2() {
        // Given
        try (Handlers pair = Handlers.http2Pair(16 << 10)) {
            Http2ClientPeer peer = new Http2ClientPeer(pair.connect());
            Http2ClientPeer.Call moved = peer.askFor("/moved", true, "GET");
            Http2ClientPeer.Call gone = peer.askFor("/gone", true, "GET");
            Http2ClientPeer.Call edited = peer.askFor("/app/edited", true, "GET", "cookie", "a=b", "x-user", "root");

            // When
            pair.settle();
            Http2Peer server = new Http2Peer(pair.accept(), Http2Settings.defaultSettings());
            pair.settle();
            server.read();
            peer.read();

            // Then
            assertThat(Objects.requireNonNull(moved.head).get("location")).hasToString("https://a/new/moved");
            assertThat(Objects.requireNonNull(gone.head).contains("content-length"))
                    .isFalse();
            assertThat(Objects.requireNonNull(gone.head).get("x-rule")).hasToString("GET");
            assertThat(server.request(0).head.getAll("x-user")).hasToString("[GET /app/edited]");
            assertThat(server.request(0).head.contains("cookie")).isFalse();
            assertThat(edited.reset).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/strip/me, /",
        "/strip/me/, /",
        "/strip/me?q, /?q",
        "//strip/./me/a?q=/../x, /a?q=/../x",
        "/strip/me/a/../../me/b, /b",
        "/strip/me/%2e/x/%2E%2e/c%20d;x?q, /c%20d;x?q",
        "/strip/me/%41%3fb%23c%25, /A%3Fb%23c%25",
        "/strip/me/a%2fb, /a%2Fb",
        "/strip/me/%C3%A4%0d%0a, /%C3%A4%0D%0A",
    })
    void shouldSendAStrippedPathInItsOnlyReading(String target, String expected) {
        get(target);

        assertThat(text(accepted())).startsWith("GET " + expected + " HTTP/1.1\r\n");
        assertThat(proxy.logged()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "http://app:81/x?y, http://a/strip/me/x?y",
        "HTTP://APP:81, http://a/strip/me",
        "http://app:8100/x, http://app:8100/x",
        "http://a/x, http://a/strip/me/x",
        "http://abc/x, http://abc/x",
        "/x, /strip/me/x",
        "//other/x, //other/x",
        "x, x",
        "https://other/, https://other/",
    })
    void shouldNamePlacesOfTheServerAsClientsDo(String place, String expected) {
        assertThat(answerTo("Location: " + place)).contains("\r\nLocation: " + expected + "\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=b | a=b; HttpOnly; SameSite=Lax",
                "a=b; Path=/; Domain=internal; Max-Age=5 | a=b; Path=/strip/me; Max-Age=5; HttpOnly; SameSite=Lax",
                "a=b;path=/x ; samesite=None;Secure;HTTPONLY | a=b; Path=/strip/me/x; Secure; HTTPONLY; SameSite=Lax",
            })
    void shouldChangeAttributesOfCookies(String cookie, String expected) {
        assertThat(answerTo("Set-Cookie: " + cookie)).contains("\r\nSet-Cookie: " + expected + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/f-../secret",
                "/f-a/../..",
                "/f-./a",
                "/f-%2e%2E/secret",
                "/f-%252e%252e/secret",
                "/f-..%2Fsecret",
                "/f-..%5Csecret",
                "/f-..;a/secret",
                "/f-..%00",
            })
    void shouldRefuseDotSegmentsThatARewritingRuleMakes(String target) {
        get(target);

        assertThat(answer()).startsWith("HTTP/1.1 400 Bad Request\r\n");
        assertThat(proxy.offered()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/f-..a/.b/c..?x=/../y, /files/..a/.b/c..?x=/../y",
        "/f-/a, /files/a",
        "/u-b&r=a%26r=c, /u?n=b%26r%3Da%26r%3Dc&p=/u-b%26r%3Da%26r%3Dc&h=a&",
        "/u-a%2Bb%20c%3Bd?e&f=%26, /u?n=a%2Bb%20c%3Bd&p=/u-a%2Bb%20c%3Bd&h=a&e&f=%26",
    })
    void shouldFillInNoMoreThanTheTemplateHasPlacesFor(String target, String expected) {
        get(target);

        assertThat(text(accepted())).startsWith("GET " + expected + " HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Fb", "a%3Fb", "a%23b", "a%40b", "a%5Cb", "a%00b", "a%25b", "..%2Fadmin", "a%2", "a%zz"})
    void shouldRefuseDelimitersInTheHost(String host) {
        ask("GET /moved HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

        assertThat(answer()).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }

    @Test
    void shouldRefuseDotsOfTheHostInARewrittenPath() {
        ask("GET /h-x HTTP/1.1\r\nHost: ..\r\n\r\n");

        assertThat(answer()).startsWith("HTTP/1.1 400 Bad Request\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "//evil.example, /evil.example/",
        "/\\evil.example, /evil.example/",
        "/x-/evil.example, /evil.example",
        "/x-%5Cevil.example, /evil.example",
        "/x-\\/evil.example, /evil.example",
        "/x-a//b, /a/b",
    })
    void shouldKeepARedirectToAPathOnTheSameHost(String target, String expected) {
        get(target);

        assertThat(answer()).startsWith("HTTP/1.1 302 ").contains("\r\nLocation: " + expected + "\r\n");
    }

    private String answerTo(String field) {
        get("/strip/me");
        Peer server = accepted();
        server.send(Message.ascii("HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Length: 0\r\n\r\n"));
        proxy.settle();
        return answer();
    }

    private void get(String target) {
        ask("GET " + target + HOST + "\r\n");
    }

    private void ask(String text) {
        client.send(Message.ascii(text));
        proxy.settle();
    }

    /** A connection to the server, and what has been sent on it. */
    private Peer accepted() {
        Peer server = proxy.accept();
        proxy.settle();
        return server;
    }

    private String answer() {
        return text(client);
    }

    private static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
