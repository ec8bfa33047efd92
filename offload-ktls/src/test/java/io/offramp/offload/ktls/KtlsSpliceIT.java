package io.offramp.offload.ktls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.epoll.EpollSocketChannel;
import io.offramp.offload.Availability;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.Splice;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Content from one socket to another through the kernel, compared with the same records made by the JDK; and what is
 * known of them.
 */
class KtlsSpliceIT {
    private static final int MAX = 16_384;
    private static final byte[] CLOSE_NOTIFY = {1, 0};
    private static final FiveTuple FLOW =
            new FiveTuple(new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", 4711));

    private static KtlsOffload offload;

    private final Random random = new Random(0x5b11ce);
    private final SocketWire wire = new SocketWire(UnpooledByteBufAllocator.DEFAULT, 8 << 10);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private long splicedRecords;
    private long splicedBytes;

    @SuppressWarnings("NullAway.Init")
    private SocketChannel upstream;

    @SuppressWarnings("NullAway.Init")
    private Channel source;

    @BeforeAll
    static void openBackend() {
        offload = KernelHere.open();
        if (offload.availability() instanceof Availability.Unavailable(String cause)) {
            assumeTrue(false, "ktls is unavailable: " + cause);
        }
    }

    @AfterEach
    void close() throws IOException {
        if (source != null) {
            source.close();
            wire.turn();
            upstream.close();
        }
        wire.close();
    }

    /**
     * Data before, spliced, data and an alert behind, through a small window: the alert shows that no record stays
     * open.
     */
    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void shouldKeepOrderSequenceAndPosition(ProtocolVersion version) throws IOException {
        TrafficKeys keys = keys(version);
        ReferenceRecords expected = new ReferenceRecords(keys);
        TxSession session = install(keys);
        connectSource();
        byte[] before = content(20_000);
        byte[] spliced = content(700_001);
        byte[] behind = content(5);

        session.seal(ContentType.APPLICATION_DATA, Unpooled.directBuffer().writeBytes(before), MAX);
        Splice splice = session.splice(source, () -> {});
        assertThat(splice).isNotNull();
        ByteBuffer toSend = ByteBuffer.wrap(spliced);
        long taken = 0;
        while (taken < spliced.length) {
            upstream.write(toSend);
            int sealed = splice.seal((int) (spliced.length - taken));
            assertThat(sealed).isNotNegative();
            taken += sealed;
            assertThat(session.nextSequence())
                    .as("never less than there are")
                    .isGreaterThanOrEqualTo(2 + splicedRecords);
            wire.channel().unsafe().flush();
            readSome();
        }
        splice.close();
        wire.turnUntil(() -> {
            readSome();
            return splicedBytes == spliced.length;
        });
        assertThat(session.nextSequence()).isEqualTo(2 + splicedRecords);
        session.seal(ContentType.APPLICATION_DATA, Unpooled.directBuffer().writeBytes(behind), MAX);
        session.seal(ContentType.ALERT, Unpooled.directBuffer().writeBytes(CLOSE_NOTIFY), MAX);
        wire.channel().unsafe().flush();
        wire.turnUntil(() -> {
            readSome();
            return received.size() == requireNonNull(session.sealedBoundary()).wirePosition();
        });

        byte[] content = ReferenceRecords.concat(ReferenceRecords.concat(before, spliced), behind);
        byte[] records = received.toByteArray();
        int overhead = keys.format().overheadBytes();
        int at = 0;
        int number = 0;
        for (int contentAt = 0; contentAt < content.length; number++) {
            int length = 5 + ((records[at + 3] & 0xff) << 8 | records[at + 4] & 0xff);
            byte[] piece = Arrays.copyOfRange(content, contentAt, contentAt + length - overhead);
            assertThat(Arrays.copyOfRange(records, at, at + length))
                    .as("record %d", number)
                    .isEqualTo(expected.seal(23, piece));
            at += length;
            contentAt += piece.length;
        }
        assertThat(Arrays.copyOfRange(records, at, records.length)).isEqualTo(expected.seal(21, CLOSE_NOTIFY));
        assertThat(session.nextSequence()).isEqualTo(number + 1);
        assertThat(session.unsentBytes()).isZero();
        session.close();
    }

    @Test
    void shouldSayThatTheSourceHasNothingOrHasEnded() throws IOException {
        TxSession session = install(keys(ProtocolVersion.TLS_1_3));
        connectSource();
        Splice splice = requireNonNull(session.splice(source, () -> {}));

        assertThat(splice.seal(MAX)).isEqualTo(Splice.NOTHING);
        upstream.write(ByteBuffer.wrap(content(100)));
        assertThat(splice.seal(60)).isEqualTo(60);
        assertThat(splice.seal(MAX)).as("one at a time").isEqualTo(Splice.NOTHING);
        wire.channel().unsafe().flush();
        assertThat(splice.seal(MAX)).isEqualTo(40);
        wire.channel().unsafe().flush();
        upstream.shutdownOutput();
        assertThat(splice.seal(MAX)).isEqualTo(Splice.ENDED);
        splice.close();
        assertThat(splice.seal(MAX)).isEqualTo(Splice.ENDED);
        session.close();
    }

    private void connectSource() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            ChannelFuture connected = new Bootstrap()
                    .group(wire.channel().eventLoop())
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(listener.getLocalAddress());
            wire.turnUntil(connected::isDone);
            upstream = listener.accept();
            upstream.configureBlocking(false);
            source = connected.channel();
        }
    }

    private void readSome() {
        wire.turn();
        try {
            ByteBuffer some = ByteBuffer.allocate(3_000);
            int bytes = wire.far().read(some);
            if (bytes > 0) {
                received.write(some.array(), 0, bytes);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private TxSession install(TrafficKeys keys) {
        InstallResult<TxSession> result = offload.installTx(
                new OffloadTarget(1, wire.channel(), FLOW), keys, RecordBoundary.start(Direction.TX), sink());
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        return ((InstallResult.Installed<TxSession>) result).session();
    }

    private TxSink sink() {
        return new TxSink() {
            @Override
            public void onSealed(Object message) {
                ChannelPromise promise = wire.channel().newPromise();
                wire.channel().unsafe().write(message, promise);
            }

            @Override
            public void onSpliced(long records, int bytes) {
                splicedRecords += records;
                splicedBytes += bytes;
            }

            @Override
            public void onFault(OffloadException fault) {
                throw fault;
            }
        };
    }

    private TrafficKeys keys(ProtocolVersion version) {
        AeadSuite suite = AeadSuite.AES_128_GCM;
        return new TrafficKeys(
                version, suite, content(suite.keyBytes()), content(TrafficKeys.ivBytes(version, suite)), 0);
    }

    private byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return content;
    }
}
