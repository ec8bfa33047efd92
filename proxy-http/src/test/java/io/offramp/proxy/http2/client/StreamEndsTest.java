package io.offramp.proxy.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.Http2Rules;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.http2.client.RawClient.Frame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How streams end in order, and what an honest client may do for as long as it likes. */
class StreamEndsTest {
    private static final int BUDGET = Http2Rules.DEFAULTS.glitches();

    private static void answer(RawClient client, String answer) {
        EmbeddedChannel server = client.accepted.getLast();
        server.runPendingTasks();
        server.releaseOutbound();
        server.writeInbound(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
        client.channel.runPendingTasks();
    }

    private static List<Frame> of(List<Frame> frames, byte type) {
        return frames.stream().filter(frame -> frame.is(type)).toList();
    }

    private static int code(Http2Error error) {
        return (int) error.code();
    }

    private static void connect(RawClient client, String path) {
        client.headers(
                1,
                false,
                ":method",
                "CONNECT",
                ":protocol",
                "chat",
                ":scheme",
                "https",
                ":path",
                path,
                ":authority",
                "a");
    }

    private static RawClient withUpgrades() {
        return new RawClient(HttpSettings.builder().upgrades(List.of("chat")).build());
    }

    @Test
    void shouldEndAnAnswerThatIsAllHeadOnce() {
        try (RawClient client = new RawClient()) {
            client.accepting = true;
            client.request(1, true, "/app/a");
            answer(client, "HTTP/1.1 204 No Content\r\n\r\n");
            List<Frame> frames = client.read();
            assertThat(of(frames, Http2FrameTypes.HEADERS))
                    .singleElement()
                    .satisfies(head ->
                            assertThat(head.flags() & RawClient.END_STREAM).isEqualTo(RawClient.END_STREAM));
            assertThat(of(frames, Http2FrameTypes.RST_STREAM)).isEmpty();
            assertThat(client.log)
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.status()).isEqualTo(204));
            assertThat(client.channel.attr(Connection.KEY).get().streams()).isZero();
        }
    }

    @Test
    void shouldLogAnAnswerToHeadOnce() {
        try (RawClient client = new RawClient()) {
            client.headers(1, true, ":method", "HEAD", ":scheme", "https", ":path", "/b", ":authority", "a");
            client.accepting = true;
            client.headers(3, true, ":method", "HEAD", ":scheme", "https", ":path", "/app/a", ":authority", "a");
            answer(client, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.read(Http2FrameTypes.RST_STREAM)).isEmpty();
            assertThat(client.log)
                    .hasSize(2)
                    .allMatch(entry -> entry.abort() == null)
                    .extracting(AccessEntry::status)
                    .containsExactly(404, 200);
        }
    }

    @Test
    void shouldLetAClientGiveCreditForEachPieceOfADownload() {
        try (RawClient client = new RawClient()) {
            // Given
            client.accepting = true;
            client.request(1, true, "/app/a");
            answer(client, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");

            // When: credit twice for each 4 KiB
            String piece = "x".repeat(16 << 10);
            for (int i = 0; i < BUDGET; i++) {
                answer(client, piece);
                for (int updates = 0; updates < 4; updates++) {
                    client.number(Http2FrameTypes.WINDOW_UPDATE, 0, 4 << 10);
                    client.number(Http2FrameTypes.WINDOW_UPDATE, 1, 4 << 10);
                }
            }

            // Then
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).isEmpty();
            assertThat(client.faults).isEmpty();
        }
    }

    @Test
    void shouldReadNoMoreRequestsWhileTheClientDoesNotRead() {
        try (RawClient client = new RawClient()) {
            client.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
            client.channel.runPendingTasks();
            client.headers(1, true, ":method", "HEAD", ":scheme", "https", ":path", "/b", ":authority", "a");
            assertThat(client.channel.config().isAutoRead()).isFalse();

            client.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
            client.channel.runPendingTasks();
            assertThat(client.channel.config().isAutoRead()).isTrue();
        }
    }

    @Test
    void shouldForgiveWhatWasUnderWayToAStreamThatWasReset() {
        try (RawClient client = new RawClient()) {
            client.request(1, false, "no slash");
            for (int i = 0; i < BUDGET; i++) {
                client.data(1, false, 10);
            }
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).isEmpty();
        }
    }

    @Test
    void shouldResetACallThatIsNotReadInSpiteOfItsDeadline() {
        HttpSettings settings =
                HttpSettings.builder().bodyTimeout(Duration.ofSeconds(6)).build();
        try (RawClient client = new RawClient(settings)) {
            // Given an answer that the server has ended, and a window that stays shut
            client.accepting = true;
            client.frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            client.request(
                    1, false, "/app/a", "content-type", "application/grpc", "grpc-timeout", "1S", "te", "trailers");
            client.data(1, true, 5);
            answer(client, "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nContent-Length: 3\r\n\r\nabc");

            // When
            client.advance(2);
            client.advance(5);

            // Then
            assertThat(client.read(Http2FrameTypes.RST_STREAM))
                    .singleElement()
                    .satisfies(reset -> assertThat(reset.code()).isEqualTo(code(Http2Error.ENHANCE_YOUR_CALM)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1000})
    void shouldResetAStreamWhoseClientSendsButDoesNotRead(int length) {
        HttpSettings settings =
                HttpSettings.builder().bodyTimeout(Duration.ofSeconds(6)).build();
        try (RawClient client = new RawClient(settings)) {
            // Given an answer of which the window takes nothing, complete or not
            client.accepting = true;
            client.frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
            client.request(1, false, "/app/a");
            answer(client, "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nabc");

            // When
            for (int second = 0; second < 7; second++) {
                client.data(1, false, 5_000);
                client.advance(1);
            }

            // Then
            assertThat(client.read(Http2FrameTypes.RST_STREAM))
                    .singleElement()
                    .satisfies(reset -> assertThat(reset.code()).isEqualTo(code(Http2Error.ENHANCE_YOUR_CALM)));
        }
    }

    @Test
    void shouldEndTheStreamOfARefusedTunnel() {
        try (RawClient client = withUpgrades()) {
            connect(client, "/none");
            List<Frame> frames = client.read();
            assertThat(client.status(of(frames, Http2FrameTypes.HEADERS).getFirst()))
                    .isEqualTo("404");
            assertThat(of(frames, Http2FrameTypes.RST_STREAM))
                    .singleElement()
                    .satisfies(reset -> assertThat(reset.code()).isEqualTo(code(Http2Error.NO_ERROR)));
            assertThat(client.channel.attr(Connection.KEY).get().streams()).isZero();
        }
    }

    @Test
    void shouldResetATunnelWithTrailers() {
        try (RawClient client = withUpgrades()) {
            // Given
            client.accepting = true;
            connect(client, "/app/a");
            answer(client, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
            assertThat(client.status(client.read(Http2FrameTypes.HEADERS).getFirst()))
                    .isEqualTo("200");

            // When
            client.headers(1, true, "x", "y");

            // Then
            assertThat(client.read(Http2FrameTypes.RST_STREAM))
                    .singleElement()
                    .satisfies(reset -> assertThat(reset.code()).isEqualTo(code(Http2Error.PROTOCOL_ERROR)));
        }
    }

    @Test
    void shouldNameNoLaterStreamInALaterGoaway() {
        try (RawClient client = new RawClient()) {
            // Given a drain that has named the last stream, and a later stream, which is refused
            client.request(1, true, "/app/a");
            client.channel.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE);
            client.advance(2);
            client.request(3, true, "/b");
            List<Frame> frames = client.read();
            assertThat(of(frames, Http2FrameTypes.GO_AWAY).getLast().number()).isEqualTo(1);
            assertThat(of(frames, Http2FrameTypes.RST_STREAM)).singleElement().satisfies(reset -> {
                assertThat(reset.stream()).isEqualTo(3);
                assertThat(reset.code()).isEqualTo(code(Http2Error.REFUSED_STREAM));
            });

            // When
            client.frame(Http2FrameTypes.PING, 0, 0, new byte[3]);

            // Then
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).singleElement().satisfies(end -> {
                assertThat(end.number()).isEqualTo(1);
                assertThat(end.code()).isEqualTo(code(Http2Error.FRAME_SIZE_ERROR));
            });
        }
    }
}
