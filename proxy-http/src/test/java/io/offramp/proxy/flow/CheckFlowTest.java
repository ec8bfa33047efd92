package io.offramp.proxy.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.CheckResult;
import io.offramp.proxy.upstream.health.HealthConfig;
import io.offramp.proxy.upstream.health.OutlierConfig;
import io.offramp.proxy.upstream.health.ServerState;
import io.offramp.proxy.upstream.probe.HealthChecks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
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
        return start(spoken, new CheckConfig(probe, Duration.ofSeconds(5), Duration.ofSeconds(2), 1, 1, 0), tls);
    }

    private Handlers start(UpstreamProtocol spoken, CheckConfig check, @Nullable SessionModel tls) {
        UpstreamConfig server = ModelSettings.app(spoken, 1).with(new HealthConfig(check, OutlierConfig.OFF));
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

    /** A place that it holds is one that requests lack. */
    @Test
    void shouldReadTicketsAndGiveItsPlaceBackThoughTheServerDoesNotEndTheSession() {
        // Given
        Handlers proxy = start(UpstreamProtocol.HTTP1, new Probe.Tcp(), new SessionModel());
        Peer server = proxy.accept();
        proxy.settle();
        assertThat(state(proxy)).isEqualTo(ServerState.UP);

        // When
        server.send(Message.ascii("tickets"));
        proxy.settle();
        assertThat(server.wasReset()).isFalse();
        proxy.advance(Duration.ofMillis(200));

        // Then
        assertThat(server.isOpen()).isFalse();
        assertThat(server.wasReset()).isFalse();
        assertThat(proxy.counts().connections).isZero();
    }

    @ParameterizedTest
    @CsvSource({"HTTP1, 200, UP", "HTTP1, 503, DOWN", "H2, 200, UP", "H2, 503, DOWN"})
    void shouldShareNoConnectionWithRequestsWhereItHasItsOwnServerName(
            UpstreamProtocol spoken, int status, ServerState expected) {
        // Given
        SessionModel tls = new SessionModel();
        Handlers proxy = start(spoken, named(new Probe.Http("/up", null, 200, 200)), tls);

        // When
        Peer server = answer(proxy, spoken, status);

        // Then
        assertThat(tls.names()).containsExactly("node.test");
        assertThat(state(proxy)).isEqualTo(expected);
        assertThat(server.hasEnded()).as("behind the answer").isTrue();
        proxy.advance(Duration.ofSeconds(5));
        assertThat(answer(proxy, spoken, 200).hasEnded()).isTrue();
        send(proxy.connect(), proxy);
        assertThat(proxy.offered()).as("a connection for requests").isEqualTo(1);
        proxy.accept();
        proxy.settle();
        assertThat(tls.names()).containsExactly("node.test", "node.test", "");
    }

    @ParameterizedTest
    @CsvSource({"HTTP1", "H2"})
    void shouldEndAConnectionOfItsOwnWhenItTakesTooLong(UpstreamProtocol spoken) {
        // Given a server that says nothing, not even its SETTINGS
        Handlers proxy = start(spoken, named(new Probe.Http("/up", null, 200, 200)), new SessionModel());
        Peer server = proxy.accept();
        proxy.settle();

        // When
        proxy.advance(Duration.ofMillis(2500));

        // Then
        assertThat(state(proxy)).isEqualTo(ServerState.DOWN);
        assertThat(server.isOpen()).isFalse();
        assertThat(proxy.counts().connections).isZero();
    }

    /** A proxy that is cold may be slow itself, but it understands a server that says no. */
    @Test
    void shouldMakeLittleOfSilenceAndMuchOfTheFirstAnswer() {
        // Given
        Probe probe = new Probe.Http("/up", null, 200, 200);
        Handlers proxy = start(UpstreamProtocol.HTTP1, patient(probe, Duration.ofSeconds(2)), null);
        Peer silent = proxy.accept();

        // When
        proxy.advance(Duration.ofMillis(2500));

        // Then
        assertThat(silent.isOpen()).isFalse();
        assertThat(proxy.counts().checks).containsExactly(CheckResult.LATE);
        assertThat(state(proxy)).isEqualTo(ServerState.UP);
        proxy.advance(Duration.ofSeconds(5));
        answer(proxy, UpstreamProtocol.HTTP1, 503);
        assertThat(state(proxy)).isEqualTo(ServerState.DOWN);
    }

    @Test
    void shouldTakeAConnectThatIsNotAnsweredForSilence() {
        Handlers proxy = start(UpstreamProtocol.HTTP1, patient(new Probe.Tcp(), Duration.ofSeconds(4)), null);

        proxy.advance(Duration.ofMillis(2500));

        assertThat(proxy.counts().checks).containsExactly(CheckResult.LATE);
        assertThat(state(proxy)).isEqualTo(ServerState.UNREACHABLE);
    }

    /** Three checks make a server down. */
    private static CheckConfig patient(Probe probe, Duration timeout) {
        return new CheckConfig(probe, Duration.ofSeconds(5), timeout, 2, 3, 0);
    }

    /** A busy server is not a dead one. */
    @ParameterizedTest
    @CsvSource({"HTTP1, ''", "HTTP1, node.test", "H2, node.test"})
    void shouldMakeNothingOfACheckThatGotNoPlaceInItsTime(UpstreamProtocol spoken, String name) {
        // Given a server whose only connection has a request
        CheckConfig check = new CheckConfig(
                new Probe.Http("/up", null, 200, 200),
                name.isEmpty() ? null : name,
                Duration.ofSeconds(5),
                Duration.ofMillis(1500),
                1,
                1,
                0);
        Handlers proxy = Handlers.of(
                READ_BYTES,
                ModelSettings.app(spoken, 1)
                        .with(new HealthConfig(check, OutlierConfig.OFF))
                        .with(UpstreamLimits.DEFAULTS.withConnections(1)),
                name.isEmpty() ? null : new SessionModel());
        running = proxy;
        send(proxy.connect(), proxy);
        Peer server = proxy.accept();
        proxy.settle();
        if (spoken != UpstreamProtocol.HTTP1) {
            open(proxy, server);
        }

        // When
        checks = proxy.check();
        proxy.advance(Duration.ofMillis(1900));

        // Then
        assertThat(state(proxy)).isEqualTo(ServerState.UP);
        assertThat(proxy.counts().checks).containsExactly(CheckResult.BUSY);
        assertThat(proxy.counts().queued).isZero();
        assertThat(server.isOpen()).isTrue();
    }

    @Test
    void shouldUseItsOwnServerNameForNothingButTheHandshake() {
        SessionModel tls = new SessionModel();
        Handlers proxy = start(UpstreamProtocol.HTTP1, named(new Probe.Tcp()), tls);
        proxy.accept();
        proxy.settle();

        assertThat(tls.names()).containsExactly("node.test");
        assertThat(state(proxy)).isEqualTo(ServerState.UP);
        proxy.advance(Duration.ofMillis(200));
        assertThat(proxy.counts().connections).isZero();
    }

    private static CheckConfig named(Probe probe) {
        return new CheckConfig(probe, "node.test", Duration.ofSeconds(5), Duration.ofSeconds(2), 1, 1, 0);
    }

    /** Answers the only check that is under way. */
    private static Peer answer(Handlers proxy, UpstreamProtocol spoken, int status) {
        if (spoken == UpstreamProtocol.HTTP1) {
            Peer server = proxy.accept();
            proxy.settle();
            assertThat(text(server)).startsWith("GET /up HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n");
            server.send(Message.ascii("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n"));
            proxy.settle();
            return server;
        }
        Http2Peer server = accept(proxy);
        server.head(server.request(0), true, status);
        proxy.settle();
        return server.peer();
    }

    private static void send(Peer client, Handlers proxy) {
        client.send(Message.ascii("GET /app/a HTTP/1.1\r\nHost: a\r\n\r\n"));
        proxy.settle();
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
        return open(proxy, proxy.accept());
    }

    private static Http2Peer open(Handlers proxy, Peer accepted) {
        Http2Peer server = new Http2Peer(accepted, Http2Settings.defaultSettings());
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
