package io.offramp.proxy.http1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.balance.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets when servers fail. */
class UpstreamFaultIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);

    private static ProxyFixture.Settings to(HostPort... servers) {
        return new ProxyFixture.Settings().to(servers);
    }

    @Test
    void shouldAnswer502WhenServerRefuses() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture(to(ProxyFixture.closedPort()));
                Socket client = proxy.connect()) {
            assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(502);
            assertThat(ProxyFixture.ask(client, GET).body()).startsWith("502 Bad Gateway: ");
            assertThat(proxy.counts().connectFailed).hasValue(2);
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(2));
            assertThat(proxy.log().getFirst().abort())
                    .startsWith("connect to 127.0.0.1:")
                    .contains("refused");
        }
    }

    @Test
    void shouldUseNextServerWhenOneRefusesAndSkipItThen() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = new ProxyFixture(
                        to(ProxyFixture.closedPort(), upstream.address(), ProxyFixture.closedPort()))) {
            for (int i = 0; i < 9; i++) {
                assertThat(proxy.ask(GET).status()).isEqualTo(200);
            }
            assertThat(proxy.counts().connectFailed).hasValue(2);
        }
    }

    @Test
    void shouldAnswer503WhenAllServersFailedAMomentAgo() throws Exception {
        try (ProxyFixture proxy = new ProxyFixture(to(ProxyFixture.closedPort(), ProxyFixture.closedPort()))) {
            assertThat(proxy.ask(GET).status()).isEqualTo(502);
            assertThat(proxy.ask(GET).status()).isEqualTo(503);
            assertThat(proxy.counts().connectFailed).hasValue(2);
        }
    }

    @Test
    void shouldTakeTurnsWhenThereAreServers() throws Exception {
        try (ScriptedUpstream one = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
                ScriptedUpstream two = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
                ProxyFixture proxy = ProxyFixture.of(inTurn(one, two))) {
            for (int i = 0; i < 10; i++) {
                proxy.ask(GET);
            }
            assertThat(one.heads()).hasSize(5);
            assertThat(two.heads()).hasSize(5);
        }
    }

    private static UpstreamConfig inTurn(ScriptedUpstream one, ScriptedUpstream two) {
        UpstreamConfig both = new UpstreamConfig("app", List.of(one.address(), two.address()));
        return both.with(new BalanceConfig(new Policy.RoundRobin(), Duration.ZERO, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage\r\n\r\n",
                "HTTP/1.1 200",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX y: a\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            })
    void shouldAnswer502WhenAnswerIsGarbage(String answer) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send(answer);
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()));
                Socket client = proxy.connect()) {
            assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(502);
            // The client's own connection is fine.
            assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(2));
            assertThat(proxy.log()).allMatch(e -> e.status() == 502 && e.abort() != null);
        }
    }

    @Test
    void shouldAnswer502WhenServerResetsBeforeItAnswers() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.reset();
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()))) {
            assertThat(proxy.ask(GET).status()).isEqualTo(502);
            assertThat(proxy.counts().retried).hasValue(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Length: 10000, false, 1.1",
        "Content-Length: 10000, true, 1.1",
        "Transfer-Encoding: chunked, false, 1.1",
        "Transfer-Encoding: chunked, true, 1.1",
        "Transfer-Encoding: chunked, false, 1.0",
        "Transfer-Encoding: chunked, true, 1.0",
        "X-Until: close, true, 1.1",
        "X-Until: close, true, 1.0",
    })
    void shouldAbortVisiblyWhenServerDiesInMidBody(String framing, boolean reset, String version) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
                    String data = "x".repeat(1000);
                    peer.send(framing.startsWith("Transfer") ? "3e8\r\n" + data + "\r\n" : data);
                    // Only when the client has taken what was sent: the reset of the abort destroys bytes that are
                    // still on their way to it.
                    peer.in.read();
                    if (reset) {
                        peer.reset();
                    }
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()));
                Socket client = proxy.connect()) {
            ProxyFixture.send(client, "POST / HTTP/" + version + "\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
            InputStream in = client.getInputStream();
            Wire.Answer answer = new Wire.Answer(requireNonNull(Wire.readHead(in)), "");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(in.read()).isPositive();

            ProxyFixture.send(client, "!");

            assertThatThrownBy(() -> Wire.readBody(in, answer)).isInstanceOf(IOException.class);
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().abort()).startsWith("upstream ").endsWith(" after 1000 bytes");
        }
    }

    @Test
    void shouldAnswer504WhenServerDoesNotAnswer() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> peer.in.readAllBytes());
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()).timeouts(LONG, LONG, LONG, SHORT));
                Socket client = proxy.connect()) {
            assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(504);
            assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(504);
        }
    }

    @Test
    void shouldAbortWhenServerStopsInMidBody() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                    peer.in.readAllBytes();
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()).timeouts(LONG, LONG, LONG, SHORT))) {
            assertThatThrownBy(() -> proxy.ask(GET)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldSendAgainWhenPooledConnectionIsStale() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send(OK);
                    // Gone at the moment of the second request.
                    peer.readHead();
                    if (peer.number == 1) {
                        peer.reset();
                    } else {
                        peer.send(OK);
                    }
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()))) {
            assertThat(proxy.ask(GET).status()).isEqualTo(200);
            assertThat(proxy.ask(GET).status()).isEqualTo(200);
            assertThat(proxy.counts().retried).hasValue(1);
            assertThat(upstream.accepted()).isEqualTo(2);
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(2));
        }
    }

    @Test
    void shouldNotSendAgainWhenRequestIsNotIdempotent() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send(OK);
                    peer.readHead();
                    peer.reset();
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()))) {
            assertThat(proxy.ask(GET).status()).isEqualTo(200);
            assertThat(proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                            .status())
                    .isEqualTo(502);
            assertThat(upstream.accepted()).isEqualTo(1);
        }
    }

    @Test
    void shouldForgetPooledConnectionWhenServerClosesIt() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send(OK);
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()));
                Socket client = proxy.connect()) {
            assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(200);
            await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            assertThat(ProxyFixture.ask(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                            .status())
                    .isEqualTo(200);
            assertThat(proxy.counts().retried).hasValue(0);
        }
    }

    @Test
    void shouldNotPoolConnectionWhenBytesFollowAnAnswer() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    while (peer.readHead() != null) {
                        peer.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                    }
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()));
                Socket client = proxy.connect()) {
            for (int i = 0; i < 4; i++) {
                assertThat(ProxyFixture.ask(client, GET).body()).isEqualTo("ok");
            }
            assertThat(upstream.accepted()).isEqualTo(4);
        }
    }

    @Test
    void shouldAnswerByAServerThatHasAnIpv6Address() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK, InetAddress.getByName("::1"));
                ProxyFixture proxy = new ProxyFixture(
                        to(new HostPort("::1", upstream.address().port())))) {
            assertThat(proxy.ask(GET).status()).isEqualTo(200);
        }
    }
}
