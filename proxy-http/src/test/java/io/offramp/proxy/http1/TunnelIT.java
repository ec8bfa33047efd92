package io.offramp.proxy.http1;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.tcp.TcpFront;
import io.offramp.proxy.tcp.TcpFrontSettings;
import io.offramp.proxy.tcp.TcpSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes both ways: behind a 101, and in TCP mode. */
class TunnelIT {
    private static final String UPGRADE = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n";
    private static final String SWITCHING =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final int LARGE = 16 << 20;

    private static ProxyFixture tcp(ProxyFixture.Settings settings) {
        return new ProxyFixture(
                settings,
                (client, fixture) -> TcpFront.install(
                        client.pipeline(),
                        new TcpFrontSettings(
                                settings.routes.getFirst(),
                                fixture.upstreams(),
                                new TcpSettings(settings.http.tunnelTimeout(), settings.http.bodyTimeout()),
                                fixture.log()::add,
                                MemoryBudget.unlimited())));
    }

    private static ProxyFixture.Settings to(ScriptedUpstream upstream, boolean nio) {
        ProxyFixture.Settings settings = new ProxyFixture.Settings().to(upstream.address());
        settings.nio = nio;
        return settings;
    }

    private static void echo(ScriptedUpstream.Peer peer) throws IOException {
        peer.in.transferTo(peer.out);
        peer.socket.shutdownOutput();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 13\r\n\r\n{\"Tty\":false}",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            })
    void shouldPassBytesBothWaysWhenTheRequestHasABody(String body) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    String head = requireNonNull(peer.readHead());
                    byte[] read = head.contains("chunked") ? Wire.readChunks(peer.in) : Wire.readExactly(peer.in, 13);
                    peer.send(
                            "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n" + new String(read));
                    echo(peer);
                });
                ProxyFixture proxy = new ProxyFixture(
                        to(upstream, false),
                        (client, fixture) -> HttpFront.install(
                                client.pipeline(),
                                HttpFrontSettings.builder(
                                                List.of(new RouteConfig(null, "/", "app")), fixture.upstreams())
                                        .http(HttpSettings.builder()
                                                .upgrades(List.of("tcp"))
                                                .build())
                                        .build()));
                Socket client = proxy.connect()) {
            ProxyFixture.send(
                    client,
                    "POST /exec/1/start HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c, tcp\r\n" + body);

            InputStream in = client.getInputStream();
            assertThat(Wire.readHead(in))
                    .startsWith("HTTP/1.1 101 ")
                    .contains("Upgrade: tcp\r\n")
                    .contains("Connection: Upgrade\r\n");
            assertThat(new String(Wire.readExactly(in, body.contains("Tty") ? 13 : 3)))
                    .isEqualTo(body.contains("Tty") ? "{\"Tty\":false}" : "abc");
            ProxyFixture.send(client, "hello");
            assertThat(new String(Wire.readExactly(in, 5))).isEqualTo("hello");
            assertThat(upstream.heads().peek()).contains("Upgrade: tcp\r\n").doesNotContain("h2c");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Upgrade: h2c\r\n", "Upgrade: websocket, h2c\r\n", "", "Upgrade: tcp\r\nUpgrade: websocket\r\n"})
    void shouldOpenNoTunnelWhenA101NamesWhatWasNotAsked(String field) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + field + "\r\nsecret");
                    echo(peer);
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream, false))) {
            Wire.Answer answer = proxy.ask(UPGRADE);

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).doesNotContain("secret");
        }
    }

    @Test
    void shouldPassBytesBothWaysWhenUpstreamSwitchesProtocols() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send(SWITCHING + "first");
                    echo(peer);
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream, false));
                Socket client = proxy.connect()) {
            // When: bytes of the new protocol come with the request
            ProxyFixture.send(client, UPGRADE + "hello");

            // Then
            InputStream in = client.getInputStream();
            assertThat(Wire.readHead(in))
                    .isEqualTo("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
            assertThat(new String(Wire.readExactly(in, 10))).isEqualTo("firsthello");
            ProxyFixture.send(client, "GET / HTTP/1.1\r\n\r\n");
            assertThat(new String(Wire.readExactly(in, 18))).isEqualTo("GET / HTTP/1.1\r\n\r\n");
            client.shutdownOutput();
            assertThat(in.read()).isEqualTo(-1);
            assertThat(upstream.heads().peek())
                    .contains("Upgrade: websocket\r\n")
                    .contains("Connection: Upgrade\r\n");
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().status()).isEqualTo(101);
            assertThat(proxy.log().getFirst().requestBytes()).isEqualTo(23);
            assertThat(proxy.log().getFirst().responseBytes()).isEqualTo(28);
            assertThat(proxy.log().getFirst().abort()).isNull();
        }
    }

    @Test
    void shouldAnswerAsUsualWhenUpstreamDeclinesToSwitch() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                ProxyFixture proxy = new ProxyFixture(to(upstream, false));
                Socket client = proxy.connect()) {
            assertThat(ProxyFixture.ask(client, UPGRADE).body()).isEqualTo("ok");
            assertThat(ProxyFixture.ask(client, UPGRADE.replace("websocket", "h2c"))
                            .body())
                    .isEqualTo("ok");
            assertThat(upstream.heads().poll()).contains("Upgrade: websocket\r\n");
            assertThat(upstream.heads().poll()).doesNotContain("Upgrade");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepUpstreamsDirectionWhenClientEndsItsOwn(boolean nio) throws Exception {
        // Given: an upstream that sends much, and only when the client has ended
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    byte[] all = peer.in.readAllBytes();
                    peer.out.write(new byte[LARGE]);
                    peer.out.write(all);
                    peer.out.flush();
                });
                ProxyFixture proxy = tcp(to(upstream, nio));
                Socket client = proxy.connect()) {
            // When
            ProxyFixture.send(client, "hello");
            client.shutdownOutput();
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);

            // Then
            Wire.readExactly(client.getInputStream(), LARGE);
            assertThat(new String(client.getInputStream().readAllBytes())).isEqualTo("hello");
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().method()).isEqualTo("TCP");
            assertThat(proxy.log().getFirst().responseBytes()).isEqualTo(LARGE + 5);
            assertThat(proxy.log().getFirst().abort()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepClientsDirectionWhenUpstreamEndsItsOwn(boolean nio) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.send("hello");
                    peer.socket.shutdownOutput();
                    await().pollDelay(Duration.ofMillis(200)).until(() -> true);
                    assertThat(Wire.readExactly(peer.in, LARGE)).hasSize(LARGE);
                    peer.in.readAllBytes();
                });
                ProxyFixture proxy = tcp(to(upstream, nio));
                Socket client = proxy.connect()) {
            assertThat(new String(client.getInputStream().readAllBytes())).isEqualTo("hello");
            client.getOutputStream().write(new byte[LARGE]);
            client.shutdownOutput();

            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().requestBytes()).isEqualTo(LARGE);
            assertThat(proxy.log().getFirst().abort()).isNull();
        }
    }

    @Test
    void shouldUseNextServerWhenOneRefuses() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(TunnelIT::echo)) {
            ProxyFixture.Settings settings =
                    new ProxyFixture.Settings().to(ProxyFixture.closedPort(), upstream.address());
            try (ProxyFixture proxy = tcp(settings)) {
                for (int i = 0; i < 4; i++) {
                    try (Socket client = proxy.connect()) {
                        ProxyFixture.send(client, "hello");
                        client.shutdownOutput();
                        assertThat(new String(client.getInputStream().readAllBytes()))
                                .isEqualTo("hello");
                    }
                }
                assertThat(proxy.counts().connectFailed).hasValue(1);
            }
        }
    }

    @Test
    void shouldCloseAndLogWhenNoServerAccepts() throws Exception {
        try (ProxyFixture proxy = tcp(new ProxyFixture.Settings().to(ProxyFixture.closedPort()));
                Socket client = proxy.connect()) {
            assertThat(readToEnd(client)).isZero();
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().abort()).startsWith("connect to ");
        }
    }

    @Test
    void shouldCloseWhenNothingPassesForLong() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(TunnelIT::echo)) {
            ProxyFixture.Settings settings = to(upstream, false);
            settings.http =
                    HttpSettings.builder().tunnelTimeout(Duration.ofMillis(200)).build();
            try (ProxyFixture proxy = tcp(settings);
                    Socket client = proxy.connect()) {
                assertThat(readToEnd(client)).isZero();
                await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
                assertThat(proxy.log().getFirst().abort()).isEqualTo("idle");
            }
        }
    }

    /** Bytes until the end of the stream, however it ends. */
    private static int readToEnd(Socket client) {
        try {
            return client.getInputStream().readAllBytes().length;
        } catch (IOException reset) {
            return 0;
        }
    }
}
