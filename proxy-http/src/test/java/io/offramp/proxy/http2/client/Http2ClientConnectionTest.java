package io.offramp.proxy.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.http2.client.RawClient.Frame;
import io.offramp.proxy.tls.Negotiated;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of one connection, and its end. */
class Http2ClientConnectionTest {
    private static final Negotiated NEGOTIATED = new Negotiated(
            ProtocolVersion.TLS_1_3,
            AeadSuite.AES_128_GCM,
            "TLS_AES_128_GCM_SHA256",
            null,
            "a.example",
            "h2",
            false,
            16_384,
            null);

    private final RawClient client = new RawClient();

    @AfterEach
    void close() {
        client.close();
    }

    private static int code(Http2Error error) {
        return (int) error.code();
    }

    @Test
    void shouldAnswerManyRequestsOfOneTurn() {
        for (int i = 0; i < 50; i++) {
            client.request(2 * i + 1, true, "/b");
        }
        List<Frame> heads = client.read(Http2FrameTypes.HEADERS);
        assertThat(heads).hasSize(50).allMatch(head -> client.status(head).equals("404"));
    }

    @ParameterizedTest
    @CsvSource({"/b, 12", "/app/a, 14"})
    void shouldAnswerACallWithAStatusOfGrpcWhenNoServerDoes(String path, String status) {
        client.request(1, false, path, "content-type", "application/grpc", "te", "trailers");
        client.advance(60);

        assertThat(client.read(Http2FrameTypes.HEADERS)).singleElement().satisfies(frame -> {
            Http2Headers fields = client.fields(frame);
            assertThat(fields.status()).hasToString("200");
            assertThat(fields.get("grpc-status")).hasToString(status);
            assertThat(frame.flags() & RawClient.END_STREAM).isEqualTo(RawClient.END_STREAM);
        });
    }

    @Test
    void shouldResetAStreamWithASecondHead() {
        client.request(1, true, "/app/a");
        client.request(1, true, "/app/a");
        assertThat(client.read(Http2FrameTypes.RST_STREAM)).singleElement().satisfies(reset -> {
            assertThat(reset.code()).isEqualTo(code(Http2Error.STREAM_CLOSED));
        });
    }

    @Test
    void shouldEndAConnectionThatUsesAClosedStream() {
        client.request(1, true, "/b");
        client.request(1, true, "/b");
        assertThat(client.read(Http2FrameTypes.GO_AWAY)).singleElement().satisfies(end -> {
            assertThat(end.code()).isEqualTo(code(Http2Error.STREAM_CLOSED));
        });
        assertThat(client.faults).containsExactly("protocol");
    }

    @Test
    void shouldIgnoreFramesForAStreamThatItHasReset() {
        client.request(1, false, "no slash");
        client.data(1, false, 100);
        client.data(1, true, 100);
        client.request(3, true, "/b");
        List<Frame> frames = client.read();
        assertThat(frames.stream().filter(frame -> frame.is(Http2FrameTypes.RST_STREAM)))
                .singleElement()
                .satisfies(reset -> assertThat(reset.code()).isEqualTo(code(Http2Error.PROTOCOL_ERROR)));
        assertThat(frames).noneMatch(frame -> frame.is(Http2FrameTypes.GO_AWAY));
    }

    @Test
    void shouldAnswerEarlyAndResetTheRestWithoutAnError() {
        client.request(1, false, "/none");
        List<Frame> frames = client.read();
        assertThat(frames.getLast().type()).isEqualTo(Http2FrameTypes.RST_STREAM);
        assertThat(frames.getLast().code()).isEqualTo(code(Http2Error.NO_ERROR));
        assertThat(client.log)
                .singleElement()
                .satisfies(entry -> assertThat(entry.status()).isEqualTo(404));
    }

    @Test
    void shouldResetABodyOtherThanDeclared() {
        client.accepting = true;
        client.request(1, false, "/app/up", "content-length", "10");
        client.data(1, true, 9);
        client.request(3, false, "/app/up", "content-length", "10");
        client.data(3, false, 11);
        assertThat(client.read(Http2FrameTypes.RST_STREAM))
                .hasSize(2)
                .allMatch(reset -> reset.code() == code(Http2Error.PROTOCOL_ERROR));
        assertThat(client.log).hasSize(2).allMatch(entry -> entry.status() == 400);
    }

    @Test
    void shouldPassARequestAndItsAnswer() {
        // Given
        client.accepting = true;
        client.request(1, false, "/app/up");
        client.data(1, true, 5);
        EmbeddedChannel server = client.accepted.getFirst();
        StringBuilder sent = new StringBuilder();
        server.runPendingTasks();
        for (ByteBuf out = server.readOutbound(); out != null; out = server.readOutbound()) {
            sent.append(out.toString(StandardCharsets.US_ASCII));
            out.release();
        }

        // When
        server.writeInbound(
                Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", StandardCharsets.US_ASCII));
        client.channel.runPendingTasks();

        // Then
        assertThat(sent).startsWith("POST /app/up HTTP/1.1\r\nHost: a\r\n").contains("Transfer-Encoding: chunked");
        List<Frame> frames = client.read();
        Frame head = frames.stream()
                .filter(frame -> frame.is(Http2FrameTypes.HEADERS))
                .findFirst()
                .orElseThrow();
        assertThat(client.status(head)).isEqualTo("200");
        assertThat(frames.getLast().payload()).isEqualTo("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(frames.getLast().flags()).isEqualTo(RawClient.END_STREAM);
    }

    @Test
    void shouldShowOpenStreamsAndLogThem() {
        Connection connection = client.channel.attr(Connection.KEY).get();
        assertThat(connection.streams()).isZero();

        // When one of two is answered
        client.request(1, true, "/app/a");
        client.request(3, true, "/b");

        // Then
        assertThat(connection.streams()).isEqualTo(1);
        assertThat(client.log).singleElement().satisfies(entry -> {
            assertThat(entry.protocol()).isEqualTo("HTTP/2.0");
            assertThat(entry.stream()).isEqualTo(3);
        });
    }

    @Test
    void shouldAnswer421ForANameOfAnotherCertificate() {
        // Given
        client.channel.attr(Connection.KEY).get().onHandshaken(NEGOTIATED);

        // When
        client.request(1, true, "/b");
        client.headers(3, true, ":method", "GET", ":scheme", "https", ":path", "/b", ":authority", "elsewhere:8443");
        client.headers(5, true, ":method", "GET", ":scheme", "https", ":path", "/b", ":authority", "a.example");

        // Then
        assertThat(client.read(Http2FrameTypes.HEADERS).stream().map(client::status))
                .containsExactly("404", "421", "404");
    }

    @Test
    void shouldTakeAnyNameFromAClientWithoutSni() {
        client.headers(1, true, ":method", "GET", ":scheme", "https", ":path", "/b", ":authority", "elsewhere");
        assertThat(client.status(client.read(Http2FrameTypes.HEADERS).getFirst()))
                .isEqualTo("404");
    }

    @Test
    void shouldTakeLateStreamsInADrainAndLoseNone() {
        // Given
        client.request(1, true, "/app/a");
        client.channel.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE);
        List<Frame> first = client.read();

        // When: a request that was on its way
        client.request(3, true, "/b");
        byte[] ping = first.stream()
                .filter(frame -> frame.is(Http2FrameTypes.PING))
                .findFirst()
                .orElseThrow()
                .payload();
        client.frame(Http2FrameTypes.PING, RawClient.ACK, 0, ping);
        List<Frame> second = client.read();

        // Then
        assertThat(first.stream().filter(frame -> frame.is(Http2FrameTypes.GO_AWAY)))
                .singleElement()
                .satisfies(frame -> assertThat(frame.number()).isEqualTo(Integer.MAX_VALUE));
        assertThat(second.stream().filter(frame -> frame.is(Http2FrameTypes.GO_AWAY)))
                .singleElement()
                .satisfies(frame -> assertThat(frame.number()).isEqualTo(3));
        client.request(5, true, "/b");
        assertThat(client.read(Http2FrameTypes.RST_STREAM))
                .singleElement()
                .satisfies(reset -> assertThat(reset.code()).isEqualTo(code(Http2Error.REFUSED_STREAM)));
        assertThat(client.channel.isOpen()).isTrue();
        client.number(Http2FrameTypes.RST_STREAM, 1, code(Http2Error.CANCEL));

        // And: there is time to read the last answer
        client.advance(29);
        assertThat(client.channel.isOpen()).isTrue();
        client.advance(2);
        assertThat(client.channel.isOpen()).isFalse();
    }

    @Test
    void shouldCloseBehindTheEndOfAnIdleClient() {
        client.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        client.channel.runPendingTasks();
        assertThat(client.channel.isOpen()).isFalse();
    }
}
