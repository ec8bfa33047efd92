package io.offramp.proxy.http2.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.offramp.proxy.exchange.Http2Rules;
import io.offramp.proxy.exchange.HttpSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Faults of one stream, and those that only look like it. */
class StreamFaultsTest {
    /** Has no memory for as many buffers as it is told. */
    private static final class Scarce extends PooledByteBufAllocator {
        int failures;

        Scarce() {
            super(true);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (failures-- > 0) {
                throw new OutOfMemoryError("none left");
            }
            return super.newDirectBuffer(initialCapacity, maxCapacity);
        }
    }

    @Test
    void shouldEndAConnectionWhoseSettingsMakeAWindowTooLarge() {
        try (RawClient client = new RawClient()) {
            // Given
            client.request(1, true, "/app/a");
            client.number(Http2FrameTypes.WINDOW_UPDATE, 1, Integer.MAX_VALUE - 65_535);

            // When
            client.frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[] {0, 4, 0, 1, 0, 0});

            // Then
            assertThat(client.read(Http2FrameTypes.GO_AWAY))
                    .singleElement()
                    .satisfies(end -> assertThat(end.code()).isEqualTo((int) Http2Error.FLOW_CONTROL_ERROR.code()));
        }
    }

    @Test
    void shouldForgiveFramesForAsManyResetStreamsAsMayBeOpen() {
        Http2Rules usual = Http2Rules.DEFAULTS;
        Http2Rules rules = new Http2Rules(
                true, 300, usual.streamWindow(), usual.connectionWindow(), usual.mostWindow(), 0, usual.maxAge());
        try (RawClient client =
                new RawClient(HttpSettings.builder().http2(rules).build())) {
            for (int id = 1; id < 600; id += 2) {
                client.request(id, false, "no slash");
            }
            client.data(1, true, 10);
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).isEmpty();
        }
    }

    @Test
    void shouldGiveEachFieldSectionItsOwnTime() {
        HttpSettings settings =
                HttpSettings.builder().headTimeout(Duration.ofSeconds(3)).build();
        try (RawClient client = new RawClient(settings)) {
            // Given two sections, each late but in time
            byte[] fields = client.block(":method", "GET", ":scheme", "https", ":path", "/b", ":authority", "a");
            byte[] start = Arrays.copyOf(fields, 2);
            byte[] rest = Arrays.copyOfRange(fields, 2, fields.length);
            client.frame(Http2FrameTypes.HEADERS, RawClient.END_STREAM, 1, start);
            client.advance(2);

            // When
            client.atOnce(() -> {
                client.frame(Http2FrameTypes.CONTINUATION, RawClient.END_HEADERS, 1, rest);
                client.frame(Http2FrameTypes.HEADERS, RawClient.END_STREAM, 3, start);
            });
            client.advance(2);

            // Then
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).isEmpty();
            client.advance(2);
            assertThat(client.read(Http2FrameTypes.GO_AWAY)).hasSize(1);
        }
    }

    @Test
    void shouldResetAStreamWhoseAnswerCannotBeWritten() {
        try (RawClient client = new RawClient()) {
            // Given
            Scarce memory = new Scarce();
            client.channel.config().setAllocator(memory);
            client.accepting = true;
            client.request(1, true, "/app/a");
            client.read();
            EmbeddedChannel server = client.accepted.getFirst();
            server.runPendingTasks();
            server.writeInbound(Unpooled.copiedBuffer(
                    "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n", StandardCharsets.US_ASCII));
            client.read();

            // When
            memory.failures = 1;
            server.writeInbound(Unpooled.wrappedBuffer(new byte[20_000]));
            client.channel.runPendingTasks();

            // Then
            assertThat(client.read(Http2FrameTypes.RST_STREAM))
                    .singleElement()
                    .satisfies(reset -> assertThat(reset.code()).isEqualTo((int) Http2Error.INTERNAL_ERROR.code()));
            assertThat(client.channel.isOpen()).isTrue();
        }
    }
}
