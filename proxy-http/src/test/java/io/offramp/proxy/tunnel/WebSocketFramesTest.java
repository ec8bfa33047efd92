package io.offramp.proxy.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Netty's encoder makes the frames, and its decoder reads ours. */
class WebSocketFramesTest {
    private static final int[] SIZES = {0, 1, 125, 126, 127, 65_535, 65_536, 70_000};

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindTheEndOfEachFrameHoweverTheStreamIsCut(boolean masked) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        WebSocketFrames frames = new WebSocketFrames();
        for (int i = 0; i < 200; i++) {
            ByteBuf one = encoded(masked, frame(random));
            while (one.readableBytes() > 1) {
                frames.pass(one.readSlice(1 + random.nextInt(one.readableBytes() - 1)));
                assertThat(frames.isAtBoundary())
                        .as("seed %d, within frame %d", seed, i)
                        .isFalse();
            }
            frames.pass(one.readSlice(1));
            assertThat(frames.isAtBoundary()).as("seed %d, frame %d", seed, i).isTrue();
            one.release();
        }
    }

    @Test
    void shouldFindTheEndOfManyFramesInOneRead() {
        WebSocketFrames frames = new WebSocketFrames();
        ByteBuf all = Unpooled.buffer();
        for (int size : SIZES) {
            ByteBuf one = encoded(true, new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[size])));
            all.writeBytes(one);
            one.release();
        }
        int bytes = all.readableBytes();

        frames.pass(all);

        assertThat(all.readableBytes()).isEqualTo(bytes);
        assertThat(frames.isAtBoundary()).isTrue();
    }

    @Test
    void shouldHaveNoPlaceBehindACloseFrameOrUnseenBytes() {
        WebSocketFrames closed = new WebSocketFrames();
        ByteBuf close = encoded(false, new CloseWebSocketFrame(1000, "bye"));
        closed.pass(close);
        close.release();
        WebSocketFrames lost = new WebSocketFrames();
        lost.lose();

        assertThat(closed.isAtBoundary()).isFalse();
        assertThat(lost.isAtBoundary()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldWriteACloseFrameThatSaysThatWeGo(boolean asClient) {
        ByteBuf out = Unpooled.buffer();

        WebSocketFrames.writeClose(asClient, out);

        EmbeddedChannel peer = new EmbeddedChannel(new WebSocket13FrameDecoder(
                WebSocketDecoderConfig.newBuilder().expectMaskedFrames(asClient).build()));
        peer.writeInbound(out);
        CloseWebSocketFrame read = peer.readInbound();
        assertThat(read.statusCode()).isEqualTo(1001);
        assertThat(read.reasonText()).isEmpty();
        read.release();
    }

    private static WebSocketFrame frame(Random random) {
        ByteBuf content = Unpooled.wrappedBuffer(new byte[SIZES[random.nextInt(SIZES.length)]]);
        return random.nextInt(4) == 0 && content.readableBytes() <= 125
                ? new PingWebSocketFrame(content)
                : new BinaryWebSocketFrame(random.nextBoolean(), 0, content);
    }

    private static ByteBuf encoded(boolean masked, WebSocketFrame frame) {
        EmbeddedChannel encoder = new EmbeddedChannel(new WebSocket13FrameEncoder(masked));
        encoder.writeOutbound(frame);
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return all;
    }
}
