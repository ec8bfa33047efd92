package io.offramp.offload.tck;

import static io.offramp.offload.tck.ContractFixtures.sha256;
import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.record.ContentType;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How content becomes records, whatever it comes in. Where a test has a counterpart in the kernel's selftests
 * ({@code tools/testing/selftests/net/tls.c}), its comment gives the name there.
 */
interface TxFramingContract extends ContractFixtures {
    /** {@code sendmsg_single}, {@code sendmsg_fragmented}: 1 to 64 pieces of 13 bytes. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldMakeOneRecordOfAnyNumberOfPieces(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] expected = {};
        int[] counts = {1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 31, 32, 33, 48, 63, 64};

        for (int pieces : counts) {
            byte[] content = fixtures().content(13 * pieces);
            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().pieces(content, pieces), MAX);
            expected = concat(expected, tx.expected().seal(DATA, content));
        }
        fixtures().settle();

        assertThat(sha256(tx.sink().wire())).isEqualTo(sha256(expected));
        assertThat(tx.session().nextSequence()).isEqualTo(counts.length);
    }

    /** {@code sendmsg_multiple}, {@code sendmsg_multiple_stress}: 5 pieces, and 1,024 that fill a record. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldMakeOneRecordOfVeryManyPieces(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] few = fixtures().content(5 * 22);
        byte[] many = fixtures().content(1_024 * 16);

        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().pieces(few, 5), MAX);
        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().pieces(many, 1_024), MAX);
        fixtures().settle();

        byte[] expected = concat(tx.expected().seal(DATA, few), tx.expected().seal(DATA, many));
        assertThat(sha256(tx.sink().wire())).isEqualTo(sha256(expected));
    }

    /** {@code sendmsg_large}: 128 full records, none waited for. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldKeepTheOrderOfManyFullRecords(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        byte[] content = fixtures().content(MAX);

        for (int record = 0; record < 128; record++) {
            content[0] = (byte) record;
            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), MAX);
            expected.writeBytes(tx.expected().seal(DATA, content));
        }
        fixtures().settle();

        assertThat(sha256(tx.sink().wire())).isEqualTo(sha256(expected.toByteArray()));
        assertThat(tx.sink().faults()).isEmpty();
    }

    /**
     * {@code multi_chunk_sendfile} with its sizes, {@code send_then_sendfile} with random ones: a file in chunks gives
     * a record per chunk, and the rest.
     */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldSealAFileInChunks(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        int[][] chunkAndFileBytes = {
            {4_096, 8_192},
            {4_096, 4_096},
            {4_096, 4_097},
            {8_192, 10_240},
            {12_288, 14_288},
            {15_360, 15_460},
            {2_048, 10_240},
            {2_000, 14_288},
            {300, 15_660},
            {1, 40},
            {MAX, 200_001}
        };

        for (int[] sizes : chunkAndFileBytes) {
            byte[] file = fixtures().content(sizes[1]);
            for (int from = 0; from < file.length; from += sizes[0]) {
                sealAsOne(tx, Arrays.copyOfRange(file, from, Math.min(file.length, from + sizes[0])), expected);
            }
            sealAsOne(tx, fixtures().content(1 + fixtures().random().nextInt(MAX)), expected);
        }
        fixtures().settle();

        assertThat(sha256(tx.sink().wire())).as("seed %d", fixtures().seed()).isEqualTo(sha256(expected.toByteArray()));
    }

    private void sealAsOne(SessionFixtures.Tx tx, byte[] content, ByteArrayOutputStream expected) {
        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), MAX);
        expected.writeBytes(tx.expected().seal(DATA, content));
    }

    /** {@code tls_12_tx_max_payload_len}: the limit of each call, from the least that RFC 8449 allows. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldPutNoMoreThanTheLimitIntoARecord(Protection protection) {
        for (int limit : new int[] {64, 128, 512, 1_369, 4_096, MAX - 1, MAX}) {
            SessionFixtures.Tx tx = fixtures().tx(protection, 0);
            byte[] content = fixtures().content(Math.min(40_001, 25 * limit + 1));
            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), limit);
            fixtures().settle();

            byte[] wire = tx.sink().wire();
            int contentBytes = 0;
            for (int at = 0; at < wire.length; ) {
                assertThat(Arrays.copyOfRange(wire, at, at + 3))
                        .as("header at %d", at)
                        .containsExactly(23, 3, 3);
                int fragmentBytes = (wire[at + 3] & 0xff) << 8 | wire[at + 4] & 0xff;
                int recordContentBytes = fragmentBytes - protection.format().minFragmentBytes();
                assertThat(recordContentBytes).as("record at %d", at).isBetween(1, limit);
                contentBytes += recordContentBytes;
                at += 5 + fragmentBytes;
            }
            assertThat(contentBytes).as("limit %d", limit).isEqualTo(content.length);
            tx.session().close();
        }
    }

    /** {@code recseq_wrap}: the last sequence is not used, because the next would be the first again. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldNotSealAtTheLastSequence(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, -1);
        ByteBuf plaintext = fixtures().buffer(fixtures().content(10));

        assertThatThrownBy(() -> tx.session().seal(ContentType.APPLICATION_DATA, plaintext, MAX))
                .isInstanceOf(KeyLimitException.class);
        fixtures().settle();

        assertThat(tx.sink().wire()).isEmpty();
        assertThat(tx.session().nextSequence()).isEqualTo(-1);
        assertThat(plaintext.refCnt()).isZero();
    }

    /** {@code cmsg_msg_more}: a record that may not be sent is refused, and the session is as before. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldGoOnBehindARecordThatItRefused(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] content = fixtures().content(30);

        expectRefusal(tx, ContentType.ALERT, new byte[0], MAX);
        expectRefusal(tx, ContentType.HANDSHAKE, new byte[0], MAX);
        expectRefusal(tx, ContentType.CHANGE_CIPHER_SPEC, new byte[] {1}, MAX);
        expectRefusal(tx, ContentType.APPLICATION_DATA, content, 0);
        expectRefusal(tx, ContentType.APPLICATION_DATA, content, MAX + 1);
        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), MAX);
        fixtures().settle();

        assertThat(tx.sink().wire()).isEqualTo(tx.expected().seal(DATA, content));
        assertThat(tx.sink().faults()).isEmpty();
    }

    private void expectRefusal(SessionFixtures.Tx tx, ContentType type, byte[] content, int maxPlaintextBytes) {
        ByteBuf plaintext = fixtures().buffer(content);
        assertThatThrownBy(() -> tx.session().seal(type, plaintext, maxPlaintextBytes))
                .isInstanceOf(OffloadMisuseException.class);
        assertThat(plaintext.refCnt()).isZero();
    }
}
