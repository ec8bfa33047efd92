package io.offramp.offload.ktls;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.offload.Availability;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.SocketRxSession;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingRxSink.Received;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.Rfc8448;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an RX session makes of the bytes that a peer sends through a socket. The kernel puts data records together. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KtlsRxIT {
    private static final int DATA = 23;
    private static final int HANDSHAKE = 22;
    private static final int ALERT = 21;
    private static final int MAX = 16_384;
    private static final byte[] KEY_UPDATE = {24, 0, 0, 1, 0};
    private static final long START_POSITION = 4_321;
    private static final FiveTuple FLOW =
            new FiveTuple(new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", 4711));

    private final Random random = new Random(0x0ff1ad);
    private final List<SocketWire> wires = new ArrayList<>();
    private KtlsOffload offload;

    /** One end with a session, and what the peer at the other one makes records with. */
    private record End(
            SocketWire wire, SocketRxSession session, CollectingRxSink sink, ReferenceRecords peer, TrafficKeys keys) {
        /** Sends these bytes, and lets the session read. */
        void send(byte[] bytes) {
            try {
                for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
                    wire.far().write(left);
                    read();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        void read() {
            wire.turn();
        }

        void readData(int bytes) {
            wire.turnUntil(() -> sink.data().length >= bytes);
        }

        void readRecords(int records) {
            wire.turnUntil(() -> sink.received().size() >= records);
        }

        void readFault() {
            wire.turnUntil(() -> !sink.faults().isEmpty());
        }
    }

    @BeforeAll
    void openBackend() {
        offload = KernelHere.open();
        if (offload.availability() instanceof Availability.Unavailable(String cause)) {
            assumeTrue(false, "ktls is unavailable: " + cause);
        }
    }

    @AfterEach
    void closeWires() {
        wires.forEach(SocketWire::close);
        wires.clear();
    }

    Stream<Protection> rx() {
        return Protection.all().stream()
                .filter(one -> offload.capabilities().supports(Direction.RX, one.version(), one.suite()));
    }

    @ParameterizedTest
    @MethodSource("rx")
    void shouldOpenRecordsOfEverySize(Protection protection) {
        End end = install(protection, 7, new byte[0]);
        byte[] expected = {};

        for (int bytes : new int[] {0, 1, 15, 16, 17, 1_460, MAX - 1, MAX, 0, 5}) {
            byte[] content = content(bytes);
            end.send(end.peer().seal(DATA, content));
            expected = concat(expected, content);
        }
        end.readData(expected.length);

        assertThat(end.sink().data()).isEqualTo(expected);
        assertThat(end.sink().faults()).isEmpty();
        assertThat(end.session().nextSequence()).isEqualTo(17);
        int overhead = 10 * protection.format().overheadBytes();
        assertThat(end.session().boundary())
                .isEqualTo(RecordBoundary.start(Direction.RX).movedTo(START_POSITION + expected.length + overhead, 17));
    }

    @ParameterizedTest
    @MethodSource("rx")
    void shouldKeepControlRecordsApartAndInOrderWhereverTheStreamIsCut(Protection protection) {
        int length = mixed(install(protection, 0, new byte[0]), new ArrayList<>()).length;
        for (int cut = 1; cut < length; cut += 7) {
            List<Received> expected = new ArrayList<>();
            End end = install(protection, 0, new byte[0]);
            byte[] stream = mixed(end, expected);

            end.send(Arrays.copyOf(stream, cut));
            end.send(Arrays.copyOfRange(stream, cut, length));
            end.readRecords(expected.size());

            assertThat(end.sink().received()).as("cut at %d", cut).isEqualTo(expected);
            assertThat(end.sink().faults()).isEmpty();
            end.session().close();
        }
    }

    /**
     * Never two data records in a row, so that each is delivered by itself; and no KeyUpdate, behind which there are
     * other keys.
     */
    private byte[] mixed(End end, List<Received> expected) {
        byte[] stream = {};
        for (int type : new int[] {DATA, HANDSHAKE, HANDSHAKE, DATA, ALERT, DATA, ALERT}) {
            byte[] content = content(type == ALERT ? 2 : 11);
            content[0] = 1;
            expected.add(new Received(requireNonNull(ContentType.of(type)), content));
            stream = concat(stream, end.peer().seal(type, content));
        }
        return stream;
    }

    @ParameterizedTest
    @MethodSource("rx")
    void shouldOpenWhatWasInTheSocketBeforeTheInstall(Protection protection) {
        TrafficKeys keys = keys(protection, 3);
        ReferenceRecords peer = new ReferenceRecords(keys);
        byte[] content = content(20_000);
        byte[] queued = peer.sealAll(DATA, content, 9_000);
        int there = queued.length - 100;

        End end = install(keys, Arrays.copyOf(queued, there));
        end.read();
        end.send(Arrays.copyOfRange(queued, there, queued.length));
        end.readData(content.length);

        assertThat(end.sink().data()).isEqualTo(content);
        assertThat(end.sink().received()).allMatch(one -> one.content().length <= MAX);
    }

    @ParameterizedTest
    @MethodSource("rx")
    void shouldDieOfAForgedRecordBehindWhatWasSound(Protection protection) {
        for (int at : new int[] {6, 30, -1}) {
            End end = install(protection, 0, new byte[0]);
            byte[] sound = content(50);
            byte[] forged = end.peer().seal(DATA, sound);
            byte[] second = end.peer().seal(DATA, content(50));
            second[at < 0 ? second.length - 1 : at] ^= 1;

            end.send(forged);
            end.send(second);
            end.readFault();

            assertThat(end.sink().data()).isEqualTo(sound);
            assertThat(end.sink().faults()).hasSize(1);
            assertThat(end.sink().faults().getFirst().alert()).contains(AlertDescription.BAD_RECORD_MAC);
            assertThat(end.keys().isDestroyed()).isTrue();
            assertThat(end.session().readsSocket()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("rx")
    void shouldRefuseARecordThatIsTooLong(Protection protection) {
        End end = install(protection, 0, new byte[0]);

        // The kernel looks at a header once the explicit nonce is there, too.
        end.send(Arrays.copyOf(new byte[] {23, 3, 3, 0x7f, 0x7f}, 13));
        end.readFault();

        assertThat(end.sink().faults()).hasSize(1);
        assertThat(end.sink().faults().getFirst().alert()).contains(AlertDescription.RECORD_OVERFLOW);
    }

    @ParameterizedTest
    @MethodSource("rx")
    void shouldReadNothingWhileNobodyWantsToRead(Protection protection) {
        End end = install(protection, 0, new byte[0]);
        byte[] content = content(40_000);
        end.wire().channel().config().setAutoRead(false);

        end.send(end.peer().sealAll(DATA, content, MAX));
        assertThat(end.sink().received()).isEmpty();
        end.wire().channel().config().setAutoRead(true);
        end.readData(content.length);

        assertThat(end.sink().data()).isEqualTo(content);
    }

    @ParameterizedTest
    @MethodSource("rx")
    void shouldDeliverNothingFurtherWhenTheSinkCloses(Protection protection) {
        End end = install(protection, 0, new byte[0]);
        end.sink().whenControl(at -> end.session().close());

        end.send(concat(end.peer().seal(HANDSHAKE, content(5)), end.peer().seal(DATA, content(100))));
        end.readRecords(1);

        assertThat(end.sink().received()).hasSize(1);
        assertThat(end.keys().isDestroyed()).isTrue();
    }

    Stream<Protection> rekeyed() {
        return offload.abilities().rekeysRx() ? rx().filter(Protection::isTls13) : Stream.empty();
    }

    /** The kernel delivers nothing behind a KeyUpdate until it has the next key, though the records are there. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rekeyed")
    void shouldGoOnUnderTheNextKeyWhereverTheStreamIsCut(Protection protection) {
        for (int cut = 1; cut < 400; cut += 13) {
            End end = install(protection, 0, new byte[0]);
            byte[] stream = {};
            byte[] expected = {};
            List<TrafficKeys> nextKeys = new ArrayList<>();
            ReferenceRecords peer = end.peer();
            for (int i = 0; i < 5; i++) {
                byte[] content = content(40);
                TrafficKeys next = keys(protection, 0);
                stream = concat(stream, concat(peer.seal(DATA, content), peer.seal(HANDSHAKE, KEY_UPDATE)));
                expected = concat(expected, content);
                nextKeys.add(next);
                peer = new ReferenceRecords(next);
            }
            byte[] last = content(40);
            stream = concat(stream, peer.seal(DATA, last));
            expected = concat(expected, last);
            end.sink().whenControl(at -> end.session().rekey(at, nextKeys.removeFirst()));

            end.send(Arrays.copyOf(stream, cut));
            end.send(Arrays.copyOfRange(stream, cut, stream.length));
            end.readData(expected.length);

            assertThat(end.sink().data()).as("cut at %d", cut).isEqualTo(expected);
            assertThat(end.sink().faults()).isEmpty();
            assertThat(end.session().nextSequence()).isEqualTo(1);
            assertThat(requireNonNull(end.session().boundary()).wirePosition())
                    .isEqualTo(START_POSITION + stream.length);
            end.session().close();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rekeyed")
    void shouldDieOfARecordUnderTheOldKey(Protection protection) {
        End end = install(protection, 0, new byte[0]);
        end.sink().whenControl(at -> end.session().rekey(at, keys(protection, 0)));

        end.send(concat(end.peer().seal(HANDSHAKE, KEY_UPDATE), end.peer().seal(DATA, content(40))));
        end.readFault();

        assertThat(end.sink().data()).isEmpty();
        assertThat(end.sink().faults().getFirst().alert()).contains(AlertDescription.BAD_RECORD_MAC);
    }

    /** What begins like a KeyUpdate is one to the kernel: half of it, or one that nobody answers. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rekeyed")
    void shouldSayThatTheKernelWaitsForAKey(Protection protection) {
        End end = install(protection, 0, new byte[0]);

        end.send(concat(
                end.peer().seal(HANDSHAKE, Arrays.copyOf(KEY_UPDATE, 3)),
                end.peer().seal(DATA, content(40))));
        end.readFault();

        assertThat(end.sink().data()).isEmpty();
        assertThat(end.sink().faults()).hasSize(1).first().asString().contains("EKEYEXPIRED");
        assertThat(end.keys().isDestroyed()).isTrue();
    }

    @Test
    void shouldOpenTheRecordsOfRfc8448Section3() {
        End client = install(Rfc8448.section3ClientKeys(), new byte[0]);

        client.send(concat(Rfc8448.SECTION_3_CLIENT_DATA_RECORD, Rfc8448.SECTION_3_CLIENT_ALERT_RECORD));
        client.readRecords(2);

        assertThat(client.sink().received())
                .containsExactly(
                        new Received(ContentType.APPLICATION_DATA, Rfc8448.section3Payload()),
                        new Received(ContentType.ALERT, Rfc8448.CLOSE_NOTIFY));
    }

    private End install(Protection protection, long sequence, byte[] queued) {
        return install(keys(protection, sequence), queued);
    }

    /** @param queued bytes that the peer has sent before */
    private End install(TrafficKeys keys, byte[] queued) {
        SocketWire wire = new SocketWire(UnpooledByteBufAllocator.DEFAULT);
        wires.add(wire);
        try {
            wire.far().write(ByteBuffer.wrap(queued));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        CollectingRxSink sink = new CollectingRxSink();
        ReferenceRecords peer = new ReferenceRecords(keys);
        InstallResult<RxSession> result = offload.installRx(
                new OffloadTarget(1, wire.channel(), FLOW),
                keys,
                RecordBoundary.start(Direction.RX).movedTo(START_POSITION, keys.nextSequence()),
                sink);
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        SocketRxSession session = (SocketRxSession) ((InstallResult.Installed<RxSession>) result).session();
        wire.readBy(session);
        return new End(wire, session, sink, peer, keys);
    }

    private TrafficKeys keys(Protection protection, long sequence) {
        return new TrafficKeys(
                protection.version(),
                protection.suite(),
                content(protection.suite().keyBytes()),
                content(TrafficKeys.ivBytes(protection.version(), protection.suite())),
                sequence);
    }

    private byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        return content;
    }
}
