package io.offramp.offload.tck;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.tck.CollectingRxSink.Received;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An RX session with a sound stream, cut in all ways. */
interface RxContract extends ContractFixtures {
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldOpenEveryEdgeSize(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        List<Received> expected = new ArrayList<>();

        for (int contentBytes : EDGE_SIZES) {
            byte[] content = fixtures().content(contentBytes);
            expected.add(new Received(ContentType.APPLICATION_DATA, content));
            fixtures().receive(rx, rx.peer().seal(DATA, content));
        }

        assertThat(rx.sink().received()).isEqualTo(expected);
        assertThat(rx.sink().faults()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldOpenAllRecordsOfOneBufferInOrder(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        List<Received> expected = new ArrayList<>();

        fixtures().receive(rx, mixedStream(rx, expected));

        assertThat(rx.sink().received()).isEqualTo(expected);
        assertThat(rx.session().bufferedBytes()).isZero();
        assertThat(rx.session().nextSequence()).isEqualTo(expected.size());
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldNotCareWhereAShortStreamIsCut(Protection protection) {
        int streamBytes = mixedStream(fixtures().rx(protection, 0), new ArrayList<>()).length;

        for (int cut = 1; cut < streamBytes; cut++) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);
            List<Received> expected = new ArrayList<>();
            byte[] stream = mixedStream(rx, expected);

            fixtures().receive(rx, Arrays.copyOf(stream, cut));
            fixtures().receive(rx, Arrays.copyOfRange(stream, cut, streamBytes));

            assertThat(rx.sink().received()).as("cut at %d", cut).isEqualTo(expected);
            assertThat(rx.session().bufferedBytes()).isZero();
            rx.session().close();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldTakeAStreamByteByByte(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        List<Received> expected = new ArrayList<>();

        for (byte b : mixedStream(rx, expected)) {
            fixtures().receive(rx, new byte[] {b});
        }

        assertThat(rx.sink().received()).isEqualTo(expected);
        assertThat(rx.sink().faults()).isEmpty();
    }

    /** Data, a control record of each kind between, an empty record. */
    private byte[] mixedStream(SessionFixtures.Rx rx, List<Received> expected) {
        byte[] stream = {};
        for (ContentType type : new ContentType[] {
            ContentType.APPLICATION_DATA, ContentType.HANDSHAKE, ContentType.APPLICATION_DATA, ContentType.ALERT
        }) {
            byte[] content = fixtures().content(expected.size() == 2 ? 0 : 11);
            expected.add(new Received(type, content));
            stream = concat(stream, rx.peer().seal(type.code(), content));
        }
        return stream;
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldNotCareHowALongStreamIsCut(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] content = fixtures().content(400_000);
        byte[] stream = {};
        for (int from = 0; from < content.length; ) {
            int to = Math.min(content.length, from + 1 + fixtures().random().nextInt(MAX));
            stream = concat(stream, rx.peer().seal(DATA, Arrays.copyOfRange(content, from, to)));
            from = to;
        }

        for (int from = 0; from < stream.length; ) {
            int most = fixtures().random().nextInt(4) == 0 ? 30 : 70_000;
            int to = Math.min(stream.length, from + 1 + fixtures().random().nextInt(most));
            fixtures().receive(rx, Arrays.copyOfRange(stream, from, to));
            from = to;
        }

        assertThat(rx.sink().data()).as("seed %d", fixtures().seed()).isEqualTo(content);
        assertThat(rx.session().bufferedBytes()).isZero();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldKeepAPartialRecord(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 9);
        byte[] first = rx.peer().seal(DATA, fixtures().content(40));
        byte[] second = rx.peer().seal(DATA, fixtures().content(40));

        fixtures().receive(rx, concat(first, Arrays.copyOf(second, 30)));

        assertThat(rx.sink().received()).hasSize(1);
        assertThat(rx.session().bufferedBytes()).isEqualTo(30);
        assertThat(rx.session().nextSequence()).isEqualTo(10);

        fixtures().receive(rx, Arrays.copyOfRange(second, 30, second.length));
        assertThat(rx.sink().received()).hasSize(2);
        assertThat(rx.session().bufferedBytes()).isZero();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldStandBehindTheLastWholeRecord(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 9);
        byte[] record = rx.peer().seal(DATA, fixtures().content(40));

        fixtures().receive(rx, record);

        assertThat(fixtures().boundaryOf(rx.session()))
                .isEqualTo(
                        RecordBoundary.start(Direction.RX).movedTo(SessionFixtures.START_POSITION + record.length, 10));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldOpenFromAnySequence(Protection protection) {
        for (long start : new long[] {1, 255, 65_535, (1L << 32) - 1, Long.MAX_VALUE, -3}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, start);
            byte[] content = fixtures().content(150);

            fixtures().receive(rx, rx.peer().sealAll(DATA, content, 100));

            assertThat(rx.sink().data())
                    .as("start %s", Long.toUnsignedString(start))
                    .isEqualTo(content);
            assertThat(rx.session().nextSequence()).isEqualTo(start + 2);
            rx.session().close();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldTakeAnEmptyBuffer(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);

        fixtures().receive(rx, new byte[0]);

        assertThat(rx.sink().received()).isEmpty();
        assertThat(rx.sink().faults()).isEmpty();
    }

    // = RFC 5288 §3
    // = type=test
    // # The nonce_explicit MAY be the 64-bit sequence number.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxExplicitNonce")
    default void shouldTakeTheExplicitNonceThatThePeerChose(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 1);
        byte[] content = fixtures().content(99);

        fixtures()
                .receive(
                        rx,
                        rx.peer()
                                .sealWithExplicitNonce(
                                        DATA, content, fixtures().random().nextLong()));

        assertThat(rx.sink().data()).isEqualTo(content);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDeliverNothingFurtherWhenTheSinkCloses(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] stream = rx.peer().sealAll(DATA, fixtures().content(300), 100);
        ByteBuf wire = fixtures().buffer(concat(stream, new byte[] {23, 3}));
        rx.sink().whenData(rx.session()::close);

        rx.session().receive(wire);
        fixtures().settle();

        assertThat(rx.sink().received()).hasSize(1);
        assertThat(rx.sink().faults()).isEmpty();
        assertThat(rx.keys().isDestroyed()).isTrue();
        assertThat(wire.refCnt()).isZero();
    }

    @Test
    default void shouldOpenTheRecordsOfRfc8448Section3() {
        assumeTrue(!fixtures().offload().readsSocket(), "backend reads the socket itself, and is tested there");
        assumeTrue(
                fixtures()
                        .offload()
                        .capabilities()
                        .supports(Direction.RX, ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM),
                "backend has no RX for the vector");
        SessionFixtures.Rx client = fixtures().rx(Rfc8448.section3ClientKeys(), 0);
        SessionFixtures.Rx server = fixtures().rx(Rfc8448.section3ServerKeys(), 0);

        fixtures().receive(client, concat(Rfc8448.SECTION_3_CLIENT_DATA_RECORD, Rfc8448.SECTION_3_CLIENT_ALERT_RECORD));
        fixtures().receive(server, concat(Rfc8448.SECTION_3_SERVER_DATA_RECORD, Rfc8448.SECTION_3_SERVER_ALERT_RECORD));

        for (SessionFixtures.Rx rx : new SessionFixtures.Rx[] {client, server}) {
            assertThat(rx.sink().received())
                    .containsExactly(
                            new Received(ContentType.APPLICATION_DATA, Rfc8448.section3Payload()),
                            new Received(ContentType.ALERT, Rfc8448.CLOSE_NOTIFY));
        }
    }
}
