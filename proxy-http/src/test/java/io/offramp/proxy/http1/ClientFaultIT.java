package io.offramp.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets that asks for too much, is slow or leaves. */
class ClientFaultIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);

    private static ProxyFixture.Settings to(HostPort... servers) {
        return new ProxyFixture.Settings().to(servers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 11\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n"})
    void shouldAnswer413WhenBodyIsTooLarge(String rest) throws Exception {
        ProxyFixture.Settings settings;
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> peer.in.readAllBytes())) {
            settings = to(upstream.address());
            settings.http = HttpSettings.builder().bodyBytes(10).build();
            try (ProxyFixture proxy = new ProxyFixture(settings)) {
                Wire.Answer answer = proxy.ask("POST / HTTP/1.1\r\nHost: a\r\n" + rest);
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.field("Connection")).isEqualTo("close");
            }
        }
    }

    @Test
    void shouldAnswer404WhenNoRouteMatches() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK)) {
            ProxyFixture.Settings settings = to(upstream.address());
            settings.routes = List.of(new RouteConfig("a", "/api", "app"));
            try (ProxyFixture proxy = new ProxyFixture(settings);
                    Socket client = proxy.connect()) {
                assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(404);
                assertThat(ProxyFixture.ask(client, "GET /api/x HTTP/1.1\r\nHost: A:8443\r\n\r\n")
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void shouldAnswer408WhenHeadIsSlow() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()).timeouts(SHORT, LONG, LONG, LONG))) {
            assertThat(proxy.ask("GET / HTTP/1.1\r\nHo").status()).isEqualTo(408);
        }
    }

    @Test
    void shouldAnswer408WhenBodyIsSlow() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> peer.in.readAllBytes());
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()).timeouts(LONG, LONG, SHORT, LONG))) {
            assertThat(proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
                            .status())
                    .isEqualTo(408);
        }
    }

    @Test
    void shouldCloseWhenConnectionIsIdle() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()).timeouts(LONG, SHORT, LONG, LONG));
                Socket client = proxy.connect()) {
            assertThat(ProxyFixture.ask(client, GET).status()).isEqualTo(200);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldLog499WhenClientLeavesBeforeTheAnswer() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> peer.in.readAllBytes());
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()))) {
            try (Socket client = proxy.connect()) {
                ProxyFixture.send(client, GET);
                await().until(() -> upstream.accepted() == 1);
                client.setSoLinger(true, 0);
            }
            await().untilAsserted(() -> assertThat(proxy.log()).hasSize(1));
            assertThat(proxy.log().getFirst().status()).isEqualTo(499);
        }
    }

    @Test
    void shouldFinishBusyAndCloseIdleConnectionsWhenDraining() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 103 Early Hints\r\n\r\n");
                    peer.in.read();
                    peer.send(OK);
                });
                ProxyFixture proxy = new ProxyFixture(to(upstream.address()));
                Socket idle = proxy.connect();
                Socket busy = proxy.connect()) {
            // Given
            ProxyFixture.send(busy, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
            assertThat(Wire.readHead(busy.getInputStream())).startsWith("HTTP/1.1 103 ");
            await().until(() -> proxy.clients().size() == 2);

            // When
            proxy.clients().forEach(client -> client.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE));

            // Then
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            Wire.Answer answer = ProxyFixture.ask(busy, "!");
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.field("Connection")).isEqualTo("close");
            assertThat(busy.getInputStream().read()).isEqualTo(-1);
        }
    }
}
