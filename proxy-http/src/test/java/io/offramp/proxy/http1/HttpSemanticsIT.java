package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HTTP/1.1 asks of a proxy, seen from both its sides. */
class HttpSemanticsIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static ProxyFixture proxyTo(ScriptedUpstream upstream) {
        return new ProxyFixture(new ProxyFixture.Settings().to(upstream.address()));
    }

    @Test
    void shouldPassChunksAndTrailersWhenAnswerIsChunked() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n");
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            for (int i = 0; i < 2; i++) {
                Wire.Answer answer = ProxyFixture.ask(client, GET);
                assertThat(answer.field("Transfer-Encoding")).isEqualTo("chunked");
                assertThat(answer.body()).isEqualTo("hello worldX-Sum: 1\n");
            }
            assertThat(upstream.accepted()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(2));
            assertThat(proxy.log().getFirst().responseBytes()).isEqualTo(11);
        }
    }

    @Test
    void shouldNeverPassAClientCertificateThatTheClientMadeUp() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            ProxyFixture.ask(
                    client,
                    "GET / HTTP/1.1\r\nHost: a\r\nClient-Cert: :AAAA:\r\nX_Client_Cert_Subject: CN=Admin\r\n"
                            + "x-client-cert-fingerprint: 00\r\nClient_Cert-Chain: :AAAA:\r\nX-Client: kept\r\n\r\n");

            assertThat(upstream.heads().peek()).contains("X-Client: kept\r\n").doesNotContainIgnoringCase("cert");
        }
    }

    @Test
    void shouldPassChunksAndTrailersWhenRequestIsChunked() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    while (peer.readHead() != null) {
                        String body = new String(Wire.readChunks(peer.in), StandardCharsets.ISO_8859_1);
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                    }
                });
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            String request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    + "5\r\nhello\r\n1;a\r\n!\r\n0\r\nX-Sum: 2\r\nHost: b\r\n\r\n";
            assertThat(ProxyFixture.ask(client, request).body()).isEqualTo("hello!X-Sum: 2\n");
            assertThat(ProxyFixture.ask(client, request).body()).isEqualTo("hello!X-Sum: 2\n");
            assertThat(upstream.heads().peek())
                    .contains("Transfer-Encoding: chunked\r\n")
                    .doesNotContain("Content-Length");
        }
    }

    @Test
    void shouldRefuseVisiblyWhenChunkOfRequestIsMalformed() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.in.readAllBytes();
                });
                ProxyFixture proxy = proxyTo(upstream)) {
            Wire.Answer answer = proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n+1\r\na\r\n0\r\n\r\n");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.field("Connection")).isEqualTo("close");
        }
    }

    @Test
    void shouldEndBodyWithChunkWhenUpstreamEndsItWithItsConnection() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.0 200 OK\r\n\r\nhello");
                    peer.send(" world");
                });
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            for (int i = 0; i < 2; i++) {
                Wire.Answer answer = ProxyFixture.ask(client, GET);
                assertThat(answer.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("Transfer-Encoding: chunked\r\n");
                assertThat(answer.body()).isEqualTo("hello world");
            }
        }
    }

    @Test
    void shouldEndBodyWithConnectionWhenClientSpeaksHttp10() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
                ProxyFixture proxy = proxyTo(upstream)) {
            Wire.Answer answer = proxy.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(answer.field("Transfer-Encoding")).isNull();
            assertThat(answer.field("Connection")).isEqualTo("close");
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(upstream.heads().peek())
                    .startsWith("GET / HTTP/1.1\r\nHost: " + upstream.address() + "\r\n")
                    .contains("Via: 1.0 offramp\r\n");
        }
    }

    @Test
    void shouldKeepConnectionWhenHttp10ClientAsksForIt() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            String request = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
            assertThat(ProxyFixture.ask(client, request).field("Connection")).isEqualTo("keep-alive");
            assertThat(ProxyFixture.ask(client, "GET / HTTP/1.0\r\n\r\n").field("Connection"))
                    .isEqualTo("close");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldCloseWhenClientAsksForIt() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            String request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n";
            Wire.Answer answer = ProxyFixture.ask(client, request);
            assertThat(answer.field("Connection")).isEqualTo("close");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\nDate: then\r\nX: y\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nDate: then\r\nContent-Length: 12\r\n\r\n",
            })
    void shouldSendNoBodyWhenStatusHasNone(String head) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(head);
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            assertThat(ProxyFixture.ask(client, GET).head()).isEqualTo(head);
            assertThat(ProxyFixture.ask(client, GET).head()).isEqualTo(head);
            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }

    @Test
    void shouldSendNoBodyWhenMethodIsHead() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 12\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(head);
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            for (int i = 0; i < 3; i++) {
                ProxyFixture.send(client, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(Wire.readHead(client.getInputStream())).isEqualTo(head);
            }
            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }

    @Test
    void shouldRelayInterimAnswersWhenClientExpectsThem() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    assertThat(peer.readHead()).contains("Expect: 100-continue\r\n");
                    peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
                    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
                    byte[] body = Wire.readExactly(peer.in, 5);
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + new String(body));
                });
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            InputStream in = client.getInputStream();
            ProxyFixture.send(
                    client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(Wire.readHead(in)).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            assertThat(Wire.readHead(in)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(ProxyFixture.ask(client, "hello").body()).isEqualTo("hello");
        }
    }

    @Test
    void shouldRelayFinalAnswerWhenUpstreamDoesNotWantTheBody() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno");
                    peer.in.readAllBytes();
                });
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            Wire.Answer answer = ProxyFixture.ask(
                    client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(answer.status()).isEqualTo(417);
            assertThat(answer.body()).isEqualTo("no");
            assertThat(answer.field("Connection")).isEqualTo("close");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldRemoveHopByHopFieldsBothWays() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(
                        "HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 2\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"
                                + "Keep-Alive: timeout=5\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\n"
                                + "Via: 1.1 other\r\nX-End: 2\r\n\r\nok");
                ProxyFixture proxy = proxyTo(upstream)) {
            Wire.Answer answer = proxy.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Secret, keep-alive, Host\r\n"
                    + "X-Secret: 1\r\nKeep-Alive: 3\r\nProxy-Authorization: y\r\n"
                    + "Proxy-Connection: keep-alive\r\nProxy: z\r\n"
                    + "TE: trailers\r\nUpgrade: websocket\r\nVia: 1.0 first\r\nX-Forwarded-For: 1.2.3.4\r\n"
                    + "X-Forwarded-For: 5.6.7.8\r\nX-Forwarded-Proto: gopher\r\n"
                    + "X-Forwarded-Host: evil\r\nX-End: 2\r\n\r\n");

            assertThat(answer.head())
                    .isEqualTo(
                            "HTTP/1.1 200 OK\r\nDate: then\r\nVia: 1.1 other\r\nX-End: 2\r\nContent-Length: 2\r\n\r\n");
            assertThat(upstream.heads().peek())
                    .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 first\r\nX-End: 2\r\n"
                            + "TE: trailers\r\nConnection: TE\r\n"
                            + "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
                            + "X-Forwarded-Host: a\r\nVia: 1.1 offramp\r\n\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "204 No Content", "304 Not Modified", "404 Not Found", "503 Service Unavailable"})
    void shouldDateAnAnswerWhenItsServerDidNot(String status) throws Exception {
        String end = status.startsWith("204") ? "\r\n" : "Content-Length: 0\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 " + status + "\r\n" + end);
                ScriptedUpstream dated = ScriptedUpstream.answering("HTTP/1.1 " + status + "\r\ndate: then\r\n" + end);
                ProxyFixture proxy = proxyTo(upstream);
                ProxyFixture other = proxyTo(dated)) {
            Instant before = Instant.now().minusSeconds(1);
            Wire.Answer answer = proxy.ask(GET);

            assertThat(DateTimeFormatter.RFC_1123_DATE_TIME.parse(answer.field("Date"), Instant::from))
                    .isBetween(before, Instant.now());
            assertThat(answer.head()).containsOnlyOnce("ate: ");
            assertThat(other.ask(GET).head()).containsOnlyOnce("ate: ").contains("\r\ndate: then\r\n");
        }
    }

    @Test
    void shouldTakeHostFromTargetWhenTargetIsAbsolute() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = proxyTo(upstream)) {
            assertThat(proxy.ask("GET http://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n")
                            .status())
                    .isEqualTo(200);
            assertThat(upstream.heads().peek())
                    .startsWith("GET /x?y HTTP/1.1\r\nHost: b:81\r\n")
                    .doesNotContain("Host: a");
        }
    }

    @Test
    void shouldAnswerWhenClientHasEndedItsStream() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = proxyTo(upstream);
                Socket client = proxy.connect()) {
            ProxyFixture.send(client, GET + GET);
            client.shutdownOutput();
            assertThat(Wire.readAnswer(client.getInputStream()).body()).isEqualTo("ok");
            assertThat(Wire.readAnswer(client.getInputStream()).body()).isEqualTo("ok");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }
}
