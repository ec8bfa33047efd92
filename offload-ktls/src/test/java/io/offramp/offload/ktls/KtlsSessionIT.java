package io.offramp.offload.ktls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions on a kernel that fails when asked to: order, full sockets, refusals. Needs epoll, and no kernel TLS. */
class KtlsSessionIT {
    private static final ProtocolVersion VERSION = ProtocolVersion.TLS_1_3;
    private static final AeadSuite SUITE = AeadSuite.AES_128_GCM;
    private static final int MAX = 16_384;
    private static final int CONNECTIONS = Integer.getInteger("offramp.test.connections", 1_000);
    private static final FiveTuple FLOW =
            new FiveTuple(new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", 4711));

    private final FakeKernel kernel = new FakeKernel();
    private final List<OffloadException> faults = new ArrayList<>();
    private SocketWire wire;
    private int infoChanges;

    @BeforeAll
    static void assumeEpoll() {
        assumeTrue(Epoll.isAvailable(), "the epoll transport is not available");
    }

    @BeforeEach
    void connect() {
        wire = new SocketWire(UnpooledByteBufAllocator.DEFAULT);
    }

    @AfterEach
    void close() {
        wire.close();
    }

    @Test
    void shouldChangeTheKeyBetweenTheRecordsThatItBelongsTo() {
        // Given
        TxSession session = tx(true);
        seal(session, ContentType.APPLICATION_DATA, 100);
        seal(session, ContentType.HANDSHAKE, 5);

        // When
        session.rekey(requireNonNull(session.sealedBoundary()), keys());
        seal(session, ContentType.APPLICATION_DATA, 40_000);
        flush();

        // Then
        assertThat(kernel.calls).containsExactly("attach", "TX keys", "data 100", "22 5", "TX keys", "data 40000");
        assertThat(session.nextSequence()).isEqualTo(3);
    }

    @Test
    void shouldGoOnWhereTheSocketWasFull() {
        // Given
        TxSession session = tx(false);
        kernel.sends.addAll(List.of(MAX, -Errno.EINTR, MAX, -Errno.EAGAIN, 7_232, -Errno.EAGAIN, 2));

        // When
        seal(session, ContentType.APPLICATION_DATA, 40_000);
        seal(session, ContentType.ALERT, 2);
        for (int i = 0; i < 5; i++) {
            flush();
        }

        // Then
        assertThat(kernel.calls)
                .containsExactly(
                        "attach",
                        "TX keys",
                        "data 16384",
                        "data EINTR",
                        "data 16384",
                        "data EAGAIN",
                        "data 7232",
                        "21 EAGAIN",
                        "21 2");
        assertThat(session.boundary()).isNotNull();
    }

    @Test
    void shouldSwitchBehindWhatWasWrittenBefore() {
        // Given
        wire.channel()
                .unsafe()
                .write(new PendingWrite(kernel.calls), wire.channel().newPromise());

        // When
        TxSession session = tx(false);
        assertThat(session.info().detail()).isEqualTo("kernel, once the socket has room");
        seal(session, ContentType.APPLICATION_DATA, 100);
        for (int i = 0; i < 5; i++) {
            flush();
        }

        // Then
        assertThat(kernel.calls).containsExactly("attach", "not yet", "not yet", "earlier", "TX keys", "data 100");
        assertThat(infoChanges).isEqualTo(1);
        assertThat(session.info().detail()).isEqualTo("kernel-sw");
    }

    @Test
    void shouldSayWhatACloseWouldLose() {
        // Given
        kernel.queued = 5_000;
        TxSession session = tx(false);
        assertThat(session.unsentBytes()).isZero();

        // When
        seal(session, ContentType.APPLICATION_DATA, 100);
        flush();

        // Then
        assertThat(session.unsentBytes()).isEqualTo(122);
        kernel.queued += 100;
        assertThat(session.unsentBytes()).isEqualTo(22);
        kernel.queued += 22;
        assertThat(session.unsentBytes()).isZero();
    }

    @Test
    void shouldLetNothingOutBehindARecordThatTheKernelLost() {
        // Given
        TxSession session = tx(false);
        kernel.sends.add(-Errno.EBADMSG);

        // When
        seal(session, ContentType.APPLICATION_DATA, 100);
        seal(session, ContentType.APPLICATION_DATA, 200);
        flush();

        // Then
        assertThat(kernel.calls).containsExactly("attach", "TX keys", "data EBADMSG");
        assertThat(faults).hasSize(1).first().asString().contains("EBADMSG");
        assertThat(wire.channel().isOpen()).isFalse();
    }

    @Test
    void shouldNotBeRekeyedOrExportedWhereItCannot() {
        TxSession session = tx(false);
        RecordBoundary at = requireNonNull(session.boundary());

        assertThat(session.canRekey()).isFalse();
        assertThat(session.canExport()).isFalse();
        assertThatThrownBy(() -> session.rekey(at, keys())).isInstanceOf(OffloadMisuseException.class);
        assertThatThrownBy(() -> session.export(at)).isInstanceOf(OffloadMisuseException.class);
    }

    @Test
    void shouldLeaveEverythingAsItWasWhenTheKernelRefuses() throws IOException {
        long descriptors = descriptors();
        kernel.keysResult = -Errno.EINVAL;
        expectDecline(Direction.TX, wire, DeclineReason.CAPACITY);
        expectDecline(Direction.RX, wire, DeclineReason.CAPACITY);

        kernel.keysResult = 0;
        kernel.attachResult = -2;
        expectDecline(Direction.TX, wire, DeclineReason.CAPACITY);
        expectDecline(Direction.RX, wire, DeclineReason.CAPACITY);

        wire.write(Unpooled.copyLong(4711));
        wire.settle();
        assertThat(wire.take()).as("what is written goes out as it is").hasSize(8);
        assertThat(descriptors()).isEqualTo(descriptors);
    }

    @Test
    void shouldTakeTheOtherDirectionOfTheSameSocket() {
        kernel.attachResult = -Errno.EEXIST;

        assertThat(offload(true).installRx(target(), keys(), at(Direction.RX), new CollectingRxSink()))
                .isInstanceOf(InstallResult.Installed.class);
    }

    @Test
    void shouldDeclineAChannelWithoutASocket() {
        OffloadTarget embedded = new OffloadTarget(1, new EmbeddedChannel(), FLOW);

        assertThat(offload(true).installTx(embedded, keys(), at(Direction.TX), sink()))
                .isInstanceOfSatisfying(
                        InstallResult.Declined.class,
                        declined -> assertThat(declined.reason()).isEqualTo(DeclineReason.CHANNEL));
        assertThat(kernel.calls).isEmpty();
    }

    /** TX taken and RX refused, or neither, and a client that is gone by then. */
    @Test
    void shouldLeaveNoDescriptorBehindWhereInstallsFailHalfWay() throws IOException {
        long descriptors = descriptors();
        for (int i = 0; i < CONNECTIONS; i++) {
            try (SocketWire connection = new SocketWire(UnpooledByteBufAllocator.DEFAULT)) {
                OffloadTarget target = new OffloadTarget(i, connection.channel(), FLOW);
                if (i % 3 == 0) {
                    connection
                            .far()
                            .setOption(StandardSocketOptions.SO_LINGER, 0)
                            .close();
                    connection.turn();
                }
                kernel.keysResult = i % 2 == 0 ? 0 : -Errno.EINVAL;
                InstallResult<TxSession> tx = offload(true).installTx(target, keys(), at(Direction.TX), sink());
                kernel.keysResult = -Errno.EINVAL;
                InstallResult<RxSession> rx =
                        offload(true).installRx(target, keys(), at(Direction.RX), new CollectingRxSink());

                assertThat(rx).isInstanceOf(InstallResult.Declined.class);
                if (tx instanceof InstallResult.Installed<TxSession>(TxSession session)) {
                    session.close();
                }
            }
            kernel.calls.clear();
        }
        assertThat(descriptors()).isEqualTo(descriptors);
    }

    @Test
    void shouldTellOfTheLoopbackThatNoNicIsBehindIt() {
        assertThat(offload(true).surroundings())
                .contains("nic lo: no TLS offload")
                .allMatch(line -> line.matches(
                        "nic \\S+: (no TLS offload|(tls-hw-[a-z-]+ (on|off)(, )?)+|TLS offload not known: \\w+)"));
    }

    @Test
    void shouldGiveItsDescriptorBackWhenRxIsClosed() throws IOException {
        long descriptors = descriptors();
        for (int i = 0; i < 20; i++) {
            InstallResult<RxSession> result =
                    offload(true).installRx(target(), keys(), at(Direction.RX), new CollectingRxSink());
            RxSession session = ((InstallResult.Installed<RxSession>) result).session();
            assertThat(descriptors()).isEqualTo(descriptors + 1);

            session.close();
            session.close();

            assertThat(descriptors()).isEqualTo(descriptors);
        }
    }

    private void expectDecline(Direction direction, SocketWire on, DeclineReason reason) {
        TrafficKeys keys = keys();
        OffloadTarget target = new OffloadTarget(1, on.channel(), FLOW);
        InstallResult<?> result = direction == Direction.TX
                ? offload(true).installTx(target, keys, at(direction), sink())
                : offload(true).installRx(target, keys, at(direction), new CollectingRxSink());

        assertThat(result)
                .isInstanceOfSatisfying(
                        InstallResult.Declined.class,
                        declined -> assertThat(declined.reason()).isEqualTo(reason));
        assertThat(keys.isDestroyed()).isFalse();
    }

    private TxSession tx(boolean canRekey) {
        InstallResult<TxSession> result = offload(canRekey).installTx(target(), keys(), at(Direction.TX), sink());
        return ((InstallResult.Installed<TxSession>) result).session();
    }

    private KtlsOffload offload(boolean canRekey) {
        List<KernelAbilities.Taken> taken = Stream.of(Direction.values())
                .map(direction -> new KernelAbilities.Taken(direction, VERSION, SUITE))
                .toList();
        return new KtlsOffload(
                kernel, new KernelAbilities(null, "of a test", taken, List.of(), canRekey, canRekey, true));
    }

    private OffloadTarget target() {
        return new OffloadTarget(1, wire.channel(), FLOW);
    }

    private static RecordBoundary at(Direction direction) {
        return RecordBoundary.start(direction).movedTo(300, 0);
    }

    private static TrafficKeys keys() {
        return new TrafficKeys(VERSION, SUITE, new byte[16], new byte[12], 0);
    }

    private TxSink sink() {
        return new TxSink() {
            @Override
            public void onSealed(Object message) {
                wire.channel().unsafe().write(message, wire.channel().newPromise());
            }

            @Override
            public void onInfoChanged() {
                infoChanges++;
            }

            @Override
            public void onFault(OffloadException fault) {
                faults.add(fault);
            }
        };
    }

    private static void seal(TxSession session, ContentType type, int bytes) {
        session.seal(type, Unpooled.directBuffer(bytes).writeZero(bytes), MAX);
    }

    private void flush() {
        wire.channel().unsafe().flush();
        wire.turn();
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    /** A write for which the socket has no room twice. */
    private static final class PendingWrite extends SocketWrite {
        private final List<String> calls;
        private int refusals = 2;

        PendingWrite(List<String> calls) {
            super(1);
            this.calls = calls;
        }

        @Override
        int advance(int from) {
            calls.add(refusals > 0 ? "not yet" : "earlier");
            return refusals-- > 0 ? 0 : 1;
        }

        @Override
        protected void deallocate() {}
    }
}
