package io.offramp.offload.ktls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollSocketChannel;
import io.offramp.offload.DeclineReason;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.SocketRxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import io.offramp.offload.ktls.kernel.KernelTls.Conf;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Errors of a kernel that fails when asked to, records that a NIC cuts as it likes, and descriptors that come back as
 * others. Needs epoll, and no kernel TLS.
 */
class KtlsErrorIT {
    private static final ProtocolVersion VERSION = ProtocolVersion.TLS_1_3;
    private static final AeadSuite SUITE = AeadSuite.AES_128_GCM;
    private static final int MAX = 16_384;
    private static final int OVERHEAD = 22;
    private static final FiveTuple FLOW =
            new FiveTuple(new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", 4711));

    private final FakeKernel kernel = new FakeKernel();
    private final List<OffloadException> faults = new ArrayList<>();
    private final CollectingRxSink sink = new CollectingRxSink();
    private SocketWire wire;

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

    /** ENOMEM, EFAULT, ENOBUFS, EBADF, and one that nobody knows. */
    @ParameterizedTest
    @ValueSource(ints = {12, 14, 105, 9, 77})
    void shouldSayWhichErrorEndedAReadRatherThanThatThePeerDid(int errno) {
        // Given
        SocketRxSession session = rx();
        kernel.receives.add((long) -errno);

        // When
        session.resume();

        // Then
        assertThat(sink.faults()).hasSize(1).first().asString().contains(Errno.name(errno));
        assertThat(sink.ends()).isZero();
        assertThat(session.readsSocket()).isFalse();
    }

    /** EPIPE, ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH. */
    @ParameterizedTest
    @ValueSource(ints = {32, 104, 110, 113, 101})
    void shouldTakeALostConnectionForTheEndOfTheStream(int errno) {
        SocketRxSession session = rx();
        kernel.receives.add((long) -errno);

        session.resume();

        assertThat(sink.faults()).isEmpty();
        assertThat(sink.ends()).isEqualTo(1);
    }

    @Test
    void shouldRefuseARecordWhoseTypeTheKernelDoesNotSay() {
        SocketRxSession session = rx();
        kernel.receives.add((long) -Errno.EIO);

        session.resume();

        assertThat(sink.faults()).hasSize(1).first().asString().contains("EIO");
        assertThat(sink.received()).isEmpty();
        assertThat(sink.ends()).isZero();
    }

    /** Rather than take the sequence that the keys began with for the one of now. */
    @Test
    void shouldEndWhereTheKernelDoesNotSayItsSequence() {
        // Given
        SocketRxSession session = rx();
        kernel.says = sequence -> -105;

        // When
        RecordBoundary at = session.boundary();

        // Then
        assertThat(at).isNull();
        assertThat(sink.faults()).hasSize(1).first().asString().contains("ENOBUFS");
        assertThat(session.readsSocket()).isFalse();
    }

    /** A handshake record, whose place nobody knows. */
    @Test
    void shouldDeliverNoRecordWithoutItsPlace() {
        SocketRxSession session = rx();
        kernel.receives.add(KernelTls.received(ContentType.HANDSHAKE.code(), 5));
        kernel.says = sequence -> -Errno.EINVAL;

        session.resume();

        assertThat(sink.faults()).hasSize(1).first().asString().contains("EINVAL");
        assertThat(sink.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 104, 110, 113, 101})
    void shouldNotBlameTheKernelForALostConnection(int errno) {
        TxSession session = tx();
        kernel.sends.add(-errno);

        seal(session, 100);
        flush();

        assertThat(faults).isEmpty();
        assertThat(wire.channel().isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 105, 14})
    void shouldSayWhichErrorLostARecord(int errno) {
        TxSession session = tx();
        kernel.sends.add(-errno);

        seal(session, 100);
        flush();

        assertThat(faults).hasSize(1).first().asString().contains(Errno.name(errno));
        assertThat(wire.channel().isOpen()).isFalse();
    }

    /** A kernel that first sends what it has of the old key, and finds no room for it. */
    @Test
    void shouldGiveTheNextKeyOnceTheSocketHasRoom() {
        // Given
        TxSession session = tx();
        seal(session, 100);
        kernel.keys.addAll(List.of(-Errno.EAGAIN, -Errno.EINTR, -Errno.EAGAIN, 0));

        // When
        session.rekey(requireNonNull(session.sealedBoundary()), keys());
        seal(session, 200);
        for (int i = 0; i < 4; i++) {
            flush();
        }

        // Then
        assertThat(kernel.calls)
                .containsExactly(
                        "attach",
                        "TX keys",
                        "data 100",
                        "TX keys EAGAIN",
                        "TX keys EINTR",
                        "TX keys EAGAIN",
                        "TX keys",
                        "data 200");
        assertThat(faults).isEmpty();
        assertThat(session.nextSequence()).isEqualTo(1);
        assertThat(session.boundary()).isNotNull();
    }

    @Test
    void shouldCountTheRecordsThatANicMakes() {
        // Given
        kernel.conf = Conf.HW;
        kernel.mostBytes = 4_000;
        TxSession session = tx();

        // When
        seal(session, 40_000);
        assertThat(session.nextSequence()).as("as software would cut it").isEqualTo(3);
        seal(session, 5);
        flush();

        // Then
        assertThat(session.nextSequence()).isEqualTo(11);
        assertThat(session.sealedBoundary())
                .isEqualTo(RecordBoundary.start(Direction.TX).movedTo(300 + 40_005 + 11 * OVERHEAD, 11));
        assertThat(faults).isEmpty();
    }

    /** A kernel that does not report what cuts is asked behind each write, unless it has nothing on any NIC. */
    @ParameterizedTest
    @CsvSource({"UNKNOWN, true, 3", "UNKNOWN, false, 0", "HW, false, 3", "SW, true, 0"})
    void shouldAskForTheCountOnlyWhereANicMayCut(Conf conf, boolean mayBeOnDevice, int asked) {
        // Given
        AtomicInteger questions = new AtomicInteger();
        kernel.conf = conf;
        kernel.mayBeOnDevice = mayBeOnDevice;
        kernel.says = sequence -> {
            questions.incrementAndGet();
            return sequence;
        };
        TxSession session = tx();

        // When
        for (int i = 0; i < 3; i++) {
            seal(session, 20_000);
            flush();
        }

        // Then
        assertThat(questions).hasValue(asked);
        assertThat(session.nextSequence()).isEqualTo(6);
    }

    @Test
    void shouldCountRecordsThatEndWhereTheSocketWasFull() {
        // Given
        TxSession session = tx();
        kernel.sends.addAll(List.of(10_000, -Errno.EAGAIN, 10_000));

        // When
        seal(session, 20_000);
        assertThat(session.nextSequence()).isEqualTo(2);
        flush();
        flush();
        kernel.sends.addAll(List.of(10_000, -Errno.EAGAIN, 1, -Errno.EAGAIN, 9_999));
        seal(session, 20_000);
        for (int i = 0; i < 3; i++) {
            flush();
        }

        // Then
        assertThat(session.nextSequence()).isEqualTo(5);
        assertThat(requireNonNull(session.sealedBoundary()).wirePosition()).isEqualTo(300 + 40_000 + 5 * OVERHEAD);
    }

    /** An error, no record, and more records than bytes. */
    @ParameterizedTest
    @ValueSource(longs = {-22, 0, 101})
    void shouldNotGoOnWhereTheKernelCannotCount(long answer) {
        kernel.conf = Conf.UNKNOWN;
        kernel.says = sequence -> answer;
        TxSession session = tx();

        seal(session, 100);
        seal(session, 100);
        flush();

        assertThat(kernel.calls).containsExactly("attach", "TX keys", "data 100");
        assertThat(faults).hasSize(1).first().asString().contains("kernel counts");
        assertThat(wire.channel().isOpen()).isFalse();
    }

    /** {@code non_established} of the kernel's selftests. */
    @Test
    void shouldDeclineAConnectionThatIsNotEstablished() {
        // Given: a socket that never was connected, and one that was
        SocketWire ended = new SocketWire(UnpooledByteBufAllocator.DEFAULT);
        ended.close();
        EpollSocketChannel fresh = new EpollSocketChannel();

        for (EpollSocketChannel channel : List.of(fresh, ended.channel())) {
            OffloadTarget target = new OffloadTarget(1, channel, FLOW);

            // When
            InstallResult<TxSession> tx = offload().installTx(target, keys(), start(Direction.TX), txSink());
            InstallResult<RxSession> rx = offload().installRx(target, keys(), start(Direction.RX), sink);

            // Then
            assertThat(List.of(tx, rx))
                    .allSatisfy(result -> assertThat(result)
                            .isInstanceOfSatisfying(
                                    InstallResult.Declined.class,
                                    declined -> assertThat(declined.reason()).isEqualTo(DeclineReason.CHANNEL)));
        }
        assertThat(kernel.calls).isEmpty();
        fresh.unsafe().closeForcibly();
    }

    /** The system gives the lowest number that is free: to the next connection. */
    @Test
    void shouldTouchNoOtherConnectionOnceTheChannelIsClosed() throws IOException {
        // Given
        TxSession tx = tx();
        SocketRxSession rx = rx();
        int number = wire.channel().fd().intValue();
        RecordBoundary at = rx.boundary();

        // When: the channel is closed, its sessions are not yet, and the number is another's
        wire.channel().close();
        wire.turn();
        kernel.descriptors.clear();
        List<SocketChannel> others = new ArrayList<>();
        while (!Files.exists(Path.of("/proc/self/fd/" + number))) {
            others.add(SocketChannel.open());
        }
        tx.unsentBytes();
        rx.resume();
        rx.rekey(requireNonNull(at), keys());
        rx.boundary();

        // Then
        assertThat(kernel.descriptors).doesNotContain(number).isNotEmpty();
        for (SocketChannel other : others) {
            other.close();
        }
        rx.close();
        tx.close();
    }

    private SocketRxSession rx() {
        InstallResult<RxSession> result = offload().installRx(target(), keys(), start(Direction.RX), sink);
        wire.channel().config().setAutoRead(true);
        return (SocketRxSession) ((InstallResult.Installed<RxSession>) result).session();
    }

    private TxSession tx() {
        InstallResult<TxSession> result = offload().installTx(target(), keys(), start(Direction.TX), txSink());
        return ((InstallResult.Installed<TxSession>) result).session();
    }

    private TxSink txSink() {
        return new TxSink() {
            @Override
            public void onSealed(Object message) {
                wire.channel().unsafe().write(message, wire.channel().newPromise());
            }

            @Override
            public void onFault(OffloadException fault) {
                faults.add(fault);
            }
        };
    }

    private KtlsOffload offload() {
        List<KernelAbilities.Taken> taken = Stream.of(Direction.values())
                .map(direction -> new KernelAbilities.Taken(direction, VERSION, SUITE))
                .toList();
        return new KtlsOffload(kernel, new KernelAbilities(null, "of a test", taken, List.of(), true, true, true));
    }

    private static RecordBoundary start(Direction direction) {
        return RecordBoundary.start(direction).movedTo(300, 0);
    }

    private OffloadTarget target() {
        return new OffloadTarget(1, wire.channel(), FLOW);
    }

    private static TrafficKeys keys() {
        return new TrafficKeys(VERSION, SUITE, new byte[16], new byte[12], 0);
    }

    private static void seal(TxSession session, int bytes) {
        session.seal(ContentType.APPLICATION_DATA, Unpooled.directBuffer(bytes).writeZero(bytes), MAX);
    }

    private void flush() {
        wire.channel().unsafe().flush();
        wire.turn();
    }
}
