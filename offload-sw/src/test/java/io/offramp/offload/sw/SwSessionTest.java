package io.offramp.offload.sw;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.InstallResult;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import io.offramp.offload.tck.SessionFixtures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the software sessions promise over and above the contract. */
class SwSessionTest {
    private static final Protection GCM = new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM);
    private static final int DATA = 23;

    private final SessionFixtures fixtures =
            new SessionFixtures(new SwProvider().open(Map.of()), 51_000, channel -> channel.runPendingTasks());

    @AfterEach
    void checkBuffers() {
        fixtures.close();
    }

    /** Keeps the buffers themselves. */
    private static final class BufferSink implements TxSink, RxSink {
        final List<ByteBuf> buffers = new ArrayList<>();

        @Override
        public void onSealed(Object message) {
            buffers.add((ByteBuf) message);
        }

        @Override
        public void onData(ByteBuf plaintext) {
            buffers.add(plaintext);
        }

        @Override
        public void onControl(ContentType type, ByteBuf plaintext, RecordBoundary end) {
            buffers.add(plaintext);
        }

        @Override
        public void onFault(OffloadException fault) {
            throw fault;
        }

        @Override
        public void onEnd() {}

        @Override
        public void onBurstEnd() {}

        @Override
        public void onDegraded(String reason) {
            throw new AssertionError(reason);
        }
    }

    @Test
    void shouldPutAllRecordsOfACallIntoOneBufferOfTheirSize() {
        BufferSink sink = new BufferSink();
        TrafficKeys keys = fixtures.keys(GCM, 0);
        InstallResult<TxSession> result =
                fixtures.offload().installTx(fixtures.target(), keys, RecordBoundary.start(Direction.TX), sink);
        try (TxSession session = ((InstallResult.Installed<TxSession>) result).session()) {
            session.seal(ContentType.APPLICATION_DATA, fixtures.buffer(new byte[50_000]), 16_384);
        }

        assertThat(sink.buffers).hasSize(1);
        assertThat(sink.buffers.getFirst().isDirect()).isTrue();
        assertThat(sink.buffers.getFirst().capacity()).isEqualTo(50_000 + 4 * 22);
        sink.buffers.getFirst().release();
    }

    @Test
    void shouldDeliverSlicesOfTheBufferThatItWasGiven() {
        BufferSink sink = new BufferSink();
        TrafficKeys keys = fixtures.keys(GCM, 0);
        ReferenceRecords peer = new ReferenceRecords(keys);
        ByteBuf wire = fixtures.buffer(peer.sealAll(DATA, fixtures.content(300), 100));
        RxSession session = installRx(keys, sink);

        session.receive(wire);
        session.close();

        assertThat(sink.buffers).hasSize(3);
        assertThat(wire.refCnt()).as("held by the slices alone").isEqualTo(3);
        assertThat(sink.buffers.getFirst().memoryAddress()).isEqualTo(wire.memoryAddress() + 5);
        sink.buffers.forEach(ByteBuf::release);
        assertThat(wire.refCnt()).isZero();
    }

    @Test
    void shouldNotHoldTheReadBufferForAPartialRecord() {
        SessionFixtures.Rx rx = fixtures.rx(GCM, 0);
        byte[] record = rx.peer().seal(DATA, fixtures.content(100));
        ByteBuf wire = fixtures.buffer(Arrays.copyOf(record, 60));

        rx.session().receive(wire);

        assertThat(wire.refCnt()).isZero();
        assertThat(rx.session().bufferedBytes()).isEqualTo(60);
    }

    @Test
    void shouldCopyNoMoreThanTheRecordThatWasCut() {
        BufferSink sink = new BufferSink();
        TrafficKeys keys = fixtures.keys(GCM, 0);
        ReferenceRecords peer = new ReferenceRecords(keys);
        byte[] stream = peer.sealAll(DATA, fixtures.content(300), 100);
        RxSession session = installRx(keys, sink);
        ByteBuf rest = fixtures.buffer(Arrays.copyOfRange(stream, 50, stream.length));

        session.receive(fixtures.buffer(Arrays.copyOf(stream, 50)));
        session.receive(rest);
        session.close();

        assertThat(sink.buffers).hasSize(3);
        assertThat(sink.buffers.getFirst().capacity()).as("carry of one record").isEqualTo(122);
        assertThat(rest.refCnt()).as("held by the two slices behind").isEqualTo(2);
        sink.buffers.forEach(ByteBuf::release);
    }

    @Test
    void shouldGiveTheRestOfTheBufferAwayWhenExportedFromInsideTheSink() {
        SessionFixtures.Rx rx = fixtures.rx(GCM, 0);
        byte[] handshake = rx.peer().seal(22, fixtures.content(10));
        byte[] content = fixtures.content(200);
        byte[] behind = concat(rx.peer().sealAll(DATA, content, 100), new byte[] {23, 3, 3});
        List<RxSession.Export> exports = new ArrayList<>();
        rx.sink().whenControl(end -> exports.add(rx.session().export(end)));

        fixtures.receive(rx, concat(handshake, behind));

        RxSession.Export export = exports.getFirst();
        assertThat(ByteBufUtil.getBytes(export.pending())).isEqualTo(behind);
        SessionFixtures.Rx next = fixtures.rx(export.keys(), SessionFixtures.START_POSITION + handshake.length);
        next.session().receive(export.pending());
        assertThat(next.sink().data()).isEqualTo(content);
        assertThat(next.session().bufferedBytes()).isEqualTo(3);
        assertThat(rx.sink().received()).hasSize(1);
    }

    @Test
    void shouldExportFromInsideTheSinkBehindARecordThatWasCut() {
        SessionFixtures.Rx rx = fixtures.rx(GCM, 0);
        byte[] handshake = rx.peer().seal(22, fixtures.content(10));
        byte[] behind = rx.peer().seal(DATA, fixtures.content(20));
        List<RxSession.Export> exports = new ArrayList<>();
        rx.sink().whenControl(end -> exports.add(rx.session().export(end)));

        fixtures.receive(rx, Arrays.copyOf(handshake, 7));
        fixtures.receive(rx, concat(Arrays.copyOfRange(handshake, 7, handshake.length), behind));

        RxSession.Export export = exports.getFirst();
        assertThat(ByteBufUtil.getBytes(export.pending())).isEqualTo(behind);
        export.pending().release();
        export.keys().destroy();
    }

    @Test
    void shouldRefuseToReceiveFromInsideTheSink() {
        SessionFixtures.Rx rx = fixtures.rx(GCM, 0);
        rx.sink().whenData(() -> rx.session().receive(fixtures.buffer(new byte[] {23})));

        assertThatThrownBy(() -> fixtures.receive(rx, rx.peer().seal(DATA, fixtures.content(20))))
                .isInstanceOf(OffloadMisuseException.class);
    }

    @Test
    void shouldCloseWhenTheSinkThrows() {
        SessionFixtures.Rx rx = fixtures.rx(GCM, 0);
        rx.sink().whenData(() -> {
            throw new IllegalStateException("sink is broken");
        });

        assertThatThrownBy(() -> fixtures.receive(rx, rx.peer().sealAll(DATA, fixtures.content(20), 10)))
                .hasMessage("sink is broken");

        assertThat(rx.session().boundary()).isNull();
        assertThat(rx.keys().isDestroyed()).isTrue();
    }

    @Test
    void shouldRefuseToSealWhatNoRecordMayCarry() {
        SessionFixtures.Tx tx = fixtures.tx(GCM, 0);
        for (ContentType type :
                new ContentType[] {ContentType.ALERT, ContentType.HANDSHAKE, ContentType.CHANGE_CIPHER_SPEC}) {
            ByteBuf empty = fixtures.buffer(new byte[0]);

            assertThatThrownBy(() -> tx.session().seal(type, empty, 100)).isInstanceOf(OffloadMisuseException.class);
            assertThat(empty.refCnt()).isZero();
        }
        assertThatThrownBy(() -> tx.session().seal(ContentType.APPLICATION_DATA, fixtures.buffer(new byte[1]), 16_385))
                .isInstanceOf(OffloadMisuseException.class);
        assertThat(tx.session().nextSequence()).isZero();
    }

    @Test
    void shouldRefuseKeysThatDoNotContinueTheSession() {
        SessionFixtures.Tx tx = fixtures.tx(GCM, 0);
        RecordBoundary at = fixtures.boundaryOf(tx.session());

        assertThatThrownBy(() -> tx.session().rekey(at, fixtures.keys(GCM, 1)))
                .isInstanceOf(OffloadMisuseException.class);
        assertThatThrownBy(() -> tx.session()
                        .rekey(at, fixtures.keys(new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_256_GCM), 0)))
                .isInstanceOf(OffloadMisuseException.class);
        assertThat(tx.keys().isDestroyed()).isFalse();
    }

    private RxSession installRx(TrafficKeys keys, RxSink sink) {
        InstallResult<RxSession> result =
                fixtures.offload().installRx(fixtures.target(), keys, RecordBoundary.start(Direction.RX), sink);
        return ((InstallResult.Installed<RxSession>) result).session();
    }
}
