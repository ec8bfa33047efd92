package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import io.offramp.proxy.upstream.health.ServerState;
import io.offramp.proxy.upstream.probe.HealthChecks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks of a server: what they ask, what they make of the answer, and how they end. */
class CheckFlowTest {
    private static final int READ_BYTES = 1024;

    private @Nullable Handlers running;
    private @Nullable HealthChecks checks;

    @AfterEach
    void nothingIsLeft() {
        if (checks != null) {
            checks.close();
        }
        Handlers proxy = running;
        if (proxy != null) {
            proxy.close();
            assertThat(proxy.heldBytes()).isZero();
            assertThat(proxy.counts().leases).isZero();
        }
    }

    private Handlers start(UpstreamProtocol spoken, Probe probe, @Nullable SessionModel tls) {
        CheckConfig check = new CheckConfig(probe, Duration.ofSeconds(5), Duration.ofSeconds(2), 1, 1, 0);
        UpstreamConfig server = new UpstreamConfig("app", spoken, List.of(Handlers.SERVER))
                .with(new HealthConfig(check, OutlierConfig.OFF));
        Handlers proxy = Handlers.of(READ_BYTES, server, tls);
        running = proxy;
        checks = proxy.check();
        proxy.settle();
        return proxy;
    }

    @Test
    void shouldReadAnAnswerToItsEndAndThenCloseWithoutAReset() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1, new Probe.Http("/", null, 200, 200), null);
        Peer server = proxy.accept();
        proxy.settle();
        assertThat(text(server)).startsWith("GET / HTTP/1.1\r\n");

        // When
        server.send(Message.ascii("HTTP/1.1 503 Busy\r\nContent-Length: 3000\r\n\r\n" + "x".repeat(1000)));
        proxy.settle();

        // Then the result is known, and the server may finish
        assertThat(state(proxy)).isEqualTo(ServerState.DOWN);
        assertThat(server.isOpen()).isTrue();
        server.send(new byte[2000]);
        proxy.settle();
        assertThat(server.hasEnded()).isTrue();
        assertThat(server.wasReset()).isFalse();
    }

    @Test
    void shouldGiveUpAnAnswerThatDoesNotEnd() {
        Handlers proxy = start(UpstreamProtocol.HTTP1, new Probe.Http("/", null, 200, 200), null);
        Peer server = proxy.accept();
        proxy.settle();
        server.send(Message.ascii("HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n"));
        proxy.settle();

        proxy.advance(Duration.ofMillis(2500));

        assertThat(server.isOpen()).isFalse();
        assertThat(state(proxy)).isEqualTo(ServerState.UP);
    }

    @Test
    void shouldReadTheBannerOfAServerAndCloseWithoutAReset() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1, new Probe.Tcp(), null);
        Peer server = proxy.accept();

        // When
        server.send(Message.ascii("220 mail.example ESMTP\r\n"));
        proxy.settle();
        server.endOutput();
        proxy.settle();

        // Then
        assertThat(server.hasEnded()).isTrue();
        assertThat(server.wasReset()).isFalse();
    }

    /** A handshake that fails is a check that fails. */
    @Test
    void shouldCheckInsideOfTls() {
        Handlers proxy = start(UpstreamProtocol.HTTP1, new Probe.Tcp(), new SessionModel());
        Peer server = proxy.accept();

        server.reset();
        proxy.settle();

        assertThat(state(proxy)).isEqualTo(ServerState.DOWN);
    }

    @ParameterizedTest
    @CsvSource({"0000000002 0801, UP", "0000000002 0802, DOWN", "0000000000, DOWN", "'', DOWN", "0100000002 0801, DOWN"
    })
    void shouldAskByGrpcAndTakeOnlyServingForWell(String message, ServerState expected) {
        // Given
        Handlers proxy = start(UpstreamProtocol.H2C, new Probe.Grpc("shop.v1.Orders", null), null);
        Http2Peer server = accept(proxy);
        Http2Peer.Request request = server.request(0);
        assertThat(request.path()).isEqualTo("/grpc.health.v1.Health/Check");
        assertThat(request.head.get("content-type")).hasToString("application/grpc");
        assertThat(request.head.get("te")).hasToString("trailers");
        assertThat(request.body.toByteArray())
                .isEqualTo(HexFormat.of()
                        .parseHex("0000000010" + "0a0e" + HexFormat.of().formatHex(Message.ascii("shop.v1.Orders"))));

        // When
        server.head(request, false, 200, "content-type", "application/grpc");
        server.body(request, false, HexFormat.of().parseHex(message.replace(" ", "")));
        server.trailers(request, "grpc-status", "0");
        proxy.settle();

        // Then
        assertThat(state(proxy)).isEqualTo(expected);
        assertThat(server.isOpen()).as("shared with requests").isTrue();
    }

    @Test
    void shouldTakeAFailureOfGrpcForOne() {
        Handlers proxy = start(UpstreamProtocol.H2C, new Probe.Grpc("", null), null);
        Http2Peer server = accept(proxy);

        server.head(server.request(0), true, 200, "content-type", "application/grpc", "grpc-status", "12");
        proxy.settle();

        assertThat(state(proxy)).isEqualTo(ServerState.DOWN);
        assertThat(proxy.server().health().standing().why()).isEqualTo("check: grpc-status 12");
    }

    private static ServerState state(Handlers proxy) {
        return proxy.server().health().standing().state();
    }

    private static Http2Peer accept(Handlers proxy) {
        Http2Peer server = new Http2Peer(proxy.accept(), Http2Settings.defaultSettings());
        for (int i = 0; i < 10; i++) {
            proxy.settle();
            server.read();
        }
        return server;
    }

    private static String text(Peer peer) {
        return new String(peer.take(), StandardCharsets.ISO_8859_1);
    }
}
