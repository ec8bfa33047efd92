package io.offramp.offload.tck;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The wire bytes of a TX session. */
interface TxContract extends ContractFixtures {
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldSealEveryEdgeSizeAsTheReferenceDoes(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] expected = {};

        for (int contentBytes : EDGE_SIZES) {
            if (contentBytes == 0 && !makesEmptyRecords()) {
                continue;
            }
            byte[] content = fixtures().content(contentBytes);
            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), MAX);
            expected = concat(expected, tx.expected().seal(DATA, content));
        }
        fixtures().settle();

        assertThat(tx.sink().wire()).isEqualTo(expected);
        assertThat(tx.sink().faults()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldCutContentIntoRecords(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] expected = {};

        for (int maxPlaintextBytes : new int[] {1, 7, 100, 1_369, 4_096, MAX - 1, MAX}) {
            byte[] content = fixtures().content(maxPlaintextBytes < 100 ? 40 : 40_000);
            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), maxPlaintextBytes);
            expected = concat(expected, tx.expected().sealAll(DATA, content, maxPlaintextBytes));
        }
        fixtures().settle();

        assertThat(tx.sink().wire()).isEqualTo(expected);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldNotAddAnEmptyRecordWhenContentIsAMultiple(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] content = fixtures().content(300);

        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 100);
        fixtures().settle();

        assertThat(tx.session().nextSequence()).isEqualTo(3);
        assertThat(tx.sink().wire()).hasSize(protection.format().sealedBytes(300, 100));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldKeepTheOrderWhenTypesInterleave(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 1);
        byte[] expected = {};

        for (ContentType type : new ContentType[] {
            ContentType.APPLICATION_DATA, ContentType.HANDSHAKE, ContentType.APPLICATION_DATA, ContentType.ALERT
        }) {
            byte[] content = fixtures().content(type == ContentType.ALERT ? 2 : 70);
            tx.session().seal(type, fixtures().buffer(content), 30);
            expected = concat(expected, tx.expected().sealAll(type.code(), content, 30));
        }
        fixtures().settle();

        assertThat(tx.sink().wire()).isEqualTo(expected);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldSealFromAnySequence(Protection protection) {
        long limit = protection.suite().recordLimit();
        long[] starts = LongStream.of(1, 255, 256, 65_535, (1L << 24) - 1, (1L << 32) - 1, (1L << 48) - 1, limit - 2)
                .filter(start -> start <= limit - 2)
                .toArray();

        for (long start : starts) {
            SessionFixtures.Tx tx = fixtures().tx(protection, start);
            byte[] content = fixtures().content(150);

            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 100);
            fixtures().settle();

            assertThat(tx.sink().wire())
                    .as("start %d", start)
                    .isEqualTo(tx.expected().sealAll(DATA, content, 100));
            assertThat(tx.session().nextSequence()).isEqualTo(start + 2);
            tx.session().close();
        }
    }

    // = RFC 8446 §5.5
    // = type=test
    // # Implementations SHOULD do a key update as described in Section 4.6.3 prior to reaching these limits.
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldWriteNothingWhenTheKeyLimitWouldBePassed(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, protection.suite().recordLimit() - 2);
        byte[] content = fixtures().content(200);
        ByteBuf refused = fixtures().buffer(fixtures().content(201));

        assertThatThrownBy(() -> tx.session().seal(ContentType.APPLICATION_DATA, refused, 100))
                .isInstanceOf(KeyLimitException.class);
        fixtures().settle();
        assertThat(refused.refCnt()).isZero();
        assertThat(tx.sink().wire()).isEmpty();

        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 100);
        fixtures().settle();
        assertThat(tx.sink().wire()).isEqualTo(tx.expected().sealAll(DATA, content, 100));
        assertThatThrownBy(() -> tx.session().seal(ContentType.ALERT, fixtures().buffer(new byte[] {1, 0}), MAX))
                .isInstanceOf(KeyLimitException.class);
        assertThat(tx.sink().faults()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldReadAnyKindOfBuffer(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] content = fixtures().content(5_000);
        byte[] half = Arrays.copyOf(content, 2_500);
        byte[] rest = Arrays.copyOfRange(content, 2_500, 5_000);
        ByteBuf heap = fixtures().target().channel().alloc().heapBuffer(5_000).writeBytes(content);
        ByteBuf composite =
                Unpooled.wrappedBuffer(fixtures().buffer(half), fixtures().buffer(rest));
        ByteBuf shifted = fixtures().buffer(concat(new byte[3], content)).skipBytes(3);
        ByteBuf readOnly = fixtures().buffer(content).asReadOnly();

        byte[] expected = {};
        for (ByteBuf plaintext : new ByteBuf[] {heap, composite, shifted, readOnly}) {
            tx.session().seal(ContentType.APPLICATION_DATA, plaintext, 2_000);
            expected = concat(expected, tx.expected().sealAll(DATA, content, 2_000));
        }
        fixtures().settle();

        assertThat(tx.sink().wire()).isEqualTo(expected);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldStandBehindTheLastRecord(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 4);
        assertThat(fixtures().boundaryOf(tx.session()))
                .isEqualTo(RecordBoundary.start(Direction.TX).movedTo(SessionFixtures.START_POSITION, 4));

        tx.session()
                .seal(ContentType.APPLICATION_DATA, fixtures().buffer(fixtures().content(250)), 100);

        assertThat(fixtures().boundaryOf(tx.session()))
                .isEqualTo(RecordBoundary.start(Direction.TX)
                        .movedTo(
                                SessionFixtures.START_POSITION
                                        + protection.format().sealedBytes(250, 100),
                                7));
        assertThat(tx.session().nextSequence()).isEqualTo(7);
    }

    @Test
    default void shouldSealTheRecordsOfRfc8448Section3() {
        assumeTrue(
                fixtures()
                        .offload()
                        .capabilities()
                        .supports(Direction.TX, ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM),
                "backend has no TX for the vector");
        SessionFixtures.Tx client = fixtures().tx(Rfc8448.section3ClientKeys(), 0);
        SessionFixtures.Tx server = fixtures().tx(Rfc8448.section3ServerKeys(), 0);

        for (SessionFixtures.Tx tx : new SessionFixtures.Tx[] {client, server}) {
            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(Rfc8448.section3Payload()), MAX);
            tx.session().seal(ContentType.ALERT, fixtures().buffer(Rfc8448.CLOSE_NOTIFY), MAX);
        }
        fixtures().settle();

        assertThat(client.sink().wire())
                .isEqualTo(concat(Rfc8448.SECTION_3_CLIENT_DATA_RECORD, Rfc8448.SECTION_3_CLIENT_ALERT_RECORD));
        assertThat(server.sink().wire())
                .isEqualTo(concat(Rfc8448.SECTION_3_SERVER_DATA_RECORD, Rfc8448.SECTION_3_SERVER_ALERT_RECORD));
    }
}
