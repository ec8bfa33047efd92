package io.offramp.offload.ktls;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.offramp.offload.Availability;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.ReferenceRecords;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The end of a connection whose socket is full: the kernel has taken everything, and would lose some of it. */
class KtlsCloseIT {
    private static final int CONNECTIONS = 50;
    private static final int BYTES = 150_000;
    private static final int SOCKET_BYTES = 8 << 10;
    private static final int MAX = 16_384;
    private static final byte[] CLOSE_NOTIFY = {1, 0};
    private static final FiveTuple FLOW =
            new FiveTuple(new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", 4711));

    private static KtlsOffload offload;

    private final Random random = new Random(0x0ff1ad);

    @BeforeAll
    static void openBackend() {
        offload = KernelHere.open();
        if (offload.availability() instanceof Availability.Unavailable(String cause)) {
            assumeTrue(false, "ktls is unavailable: " + cause);
        }
    }

    /** Closed when nothing is unsent. Whether something was is up to the kernel's timing, so many are closed. */
    @Test
    void shouldLoseNothingWhenClosedOnceNothingIsUnsent() throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            SocketWire wire = new SocketWire(UnpooledByteBufAllocator.DEFAULT, SOCKET_BYTES);
            TrafficKeys keys =
                    new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, content(16), content(12), 0);
            ReferenceRecords expected = new ReferenceRecords(keys);
            byte[] content = content(BYTES);
            Last last = new Last(wire);
            TxSession session = install(wire, keys, last);
            ByteArrayOutputStream received = new ByteArrayOutputStream();

            session.seal(
                    ContentType.APPLICATION_DATA, Unpooled.directBuffer(BYTES).writeBytes(content), MAX);
            byte[] sealed = expected.sealAll(23, content, MAX);
            if (i % 2 == 0) {
                session.seal(ContentType.ALERT, Unpooled.directBuffer(2).writeBytes(CLOSE_NOTIFY), MAX);
                sealed = concat(sealed, expected.seal(21, CLOSE_NOTIFY));
            }
            wire.channel().unsafe().flush();
            while (!last.written.isDone()) {
                readSome(wire, received);
            }
            assertThat(last.written.isSuccess()).isTrue();
            while (session.unsentBytes() > 0) {
                readSome(wire, received);
            }
            wire.channel().close();
            while (readSome(wire, received) >= 0) {
                assertThat(received.size()).isLessThan(2 * BYTES);
            }

            assertThat(received.toByteArray()).isEqualTo(sealed);
            session.close();
            wire.close();
        }
    }

    /** A slow reader: at most 1,000 bytes of what there is. Negative at the end of the stream. */
    private static int readSome(SocketWire wire, ByteArrayOutputStream received) throws IOException {
        wire.turn();
        ByteBuffer some = ByteBuffer.allocate(1_000);
        int bytes = wire.far().read(some);
        if (bytes > 0) {
            received.write(some.array(), 0, bytes);
        }
        return bytes;
    }

    private static TxSession install(SocketWire wire, TrafficKeys keys, TxSink sink) {
        OffloadTarget target = new OffloadTarget(1, wire.channel(), FLOW);
        InstallResult<TxSession> result = offload.installTx(target, keys, RecordBoundary.start(Direction.TX), sink);
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        return ((InstallResult.Installed<TxSession>) result).session();
    }

    private byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return content;
    }

    /** Writes what is sealed, and remembers the last write. */
    private static final class Last implements TxSink {
        private final SocketWire wire;

        @SuppressWarnings("NullAway.Init")
        private ChannelFuture written;

        Last(SocketWire wire) {
            this.wire = wire;
        }

        @Override
        public void onSealed(Object message) {
            ChannelPromise promise = wire.channel().newPromise();
            wire.channel().unsafe().write(message, promise);
            written = promise;
        }

        @Override
        public void onFault(OffloadException fault) {
            throw fault;
        }
    }
}
