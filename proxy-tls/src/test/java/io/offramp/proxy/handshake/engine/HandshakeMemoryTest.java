package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeMemoryTest {
    private static final int HANDSHAKES = 2_000;
    private static final long LIMIT_BYTES = 8 << 10;
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldHoldLittleHeapWhileTheClientsFinishedIsOutstanding(String version) throws Exception {
        // Given what a channel takes by itself, in a JVM that has loaded everything
        byte[] hello = EngineClient.of(version).hello();
        heldBytes(10, HandshakeMemoryTest::handshake, hello);
        long channels = heldBytes(HANDSHAKES, Ignore::new, hello);

        // When
        long handshakes = heldBytes(HANDSHAKES, HandshakeMemoryTest::handshake, hello);

        // Then it is more than nothing, too: a handshake that is not held is not measured
        assertThat((handshakes - channels) / HANDSHAKES).isBetween(1024L, LIMIT_BYTES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldHoldNoBufferWhileTheClientsFinishedIsOutstanding(String version) throws Exception {
        // Given
        EmbeddedChannel channel = new EmbeddedChannel(handshake());
        ByteBuf hello = Unpooled.copiedBuffer(EngineClient.of(version).hello());

        // When
        channel.writeInbound(hello);

        // Then
        assertThat(hello.refCnt()).isZero();
        channel.finishAndReleaseAll();
    }

    /** Heap that {@code count} channels hold once each has taken the ClientHello and given its answer away. */
    private static long heldBytes(int count, Supplier<ChannelHandler> handler, byte[] hello) {
        long before = usedBytes();
        List<EmbeddedChannel> channels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            EmbeddedChannel channel = new EmbeddedChannel(handler.get());
            channel.writeInbound(Unpooled.copiedBuffer(hello));
            channel.releaseOutbound();
            channels.add(channel);
        }
        long held = usedBytes() - before;
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
        return held;
    }

    private static long usedBytes() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static TlsHandshakeHandler handshake() {
        return new TlsHandshakeHandler(SETTINGS, new HandshakeListener() {
            @Override
            public void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending) {
                throw new AssertionError("complete without a Finished");
            }

            @Override
            public void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure) {
                assertThat(failure.reason()).isEqualTo(HandshakeFailure.Reason.CLOSED);
            }
        });
    }

    private static final class Ignore extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }
}
