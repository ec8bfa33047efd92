package io.offramp.offload.tck;

import static io.offramp.offload.tck.ContractFixtures.sha256;
import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.CollectingRxSink.Received;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What follows what in a sound stream, and in how many pieces it arrives. Where a test has a counterpart in the
 * kernel's selftests ({@code tools/testing/selftests/net/tls.c}), its comment gives the name there.
 */
interface RxSequenceContract extends ContractFixtures {
    /** The variants of {@code zero_len}: records in order, {@code 0} before a type for one without content. */
    String[] ZERO_LEN = {
        "data_data_data",
        "data_0ctrl_data",
        "0data_0data_0data",
        "0data_0data_ctrl",
        "0data_0data_0ctrl",
        "0ctrl_0ctrl_0ctrl",
        "0data_0data_data",
        "data_0data_0data"
    };

    /** {@code prequeue}: 20,000 bytes and a partial record were there before the install; the rest comes behind it. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldOpenWhatWasThereBeforeTheInstall(Protection protection) {
        for (int reads : new int[] {1, 2, 3, 40}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 3);
            byte[] content = fixtures().content(21_000);
            byte[] queued = rx.peer().sealAll(DATA, Arrays.copyOf(content, 20_000), MAX);
            byte[] last = rx.peer().seal(DATA, Arrays.copyOfRange(content, 20_000, content.length));

            // None of them is waited for: the session gets what was kept for it on the stack that installed it.
            for (byte[] read : split(concat(queued, Arrays.copyOf(last, 500)), reads)) {
                rx.session().receive(fixtures().buffer(read));
            }
            fixtures().receive(rx, Arrays.copyOfRange(last, 500, last.length));

            assertThat(rx.sink().faults()).isEmpty();
            assertThat(sha256(rx.sink().data())).as("%d reads", reads).isEqualTo(sha256(content));
            assertThat(rx.session().nextSequence()).isEqualTo(6);
            rx.session().close();
        }
    }

    private static List<byte[]> split(byte[] bytes, int pieces) {
        List<byte[]> split = new ArrayList<>();
        for (int i = 0; i < pieces; i++) {
            split.add(Arrays.copyOfRange(bytes, bytes.length * i / pieces, bytes.length * (i + 1) / pieces));
        }
        return split;
    }

    /** {@code prequeue}: reads that were gathered without a copy. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldOpenABufferOfManyPieces(Protection protection) {
        for (int pieces : new int[] {1, 2, 3, 64, 300}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);
            byte[] content = fixtures().content(20_000);

            rx.session().receive(fixtures().pieces(rx.peer().sealAll(DATA, content, 7_000), pieces));
            fixtures().settle();

            assertThat(rx.sink().faults()).isEmpty();
            assertThat(sha256(rx.sink().data())).as("%d pieces", pieces).isEqualTo(sha256(content));
            rx.session().close();
        }
    }

    /** {@code single_send_multiple_recv}, {@code single_send_multiple_recv_non_align}, {@code recv_partial}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldOpenARecordThatArrivesInEqualPieces(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] content = fixtures().content(2 * MAX + 15 + 300);
        byte[] wire = rx.peer().sealAll(DATA, content, MAX);

        for (int from = 0; from < wire.length; ) {
            int to = Math.min(wire.length, from + (from < wire.length - 600 ? MAX : 10));
            rx.session().receive(fixtures().buffer(Arrays.copyOfRange(wire, from, to)));
            from = to;
        }
        fixtures().settle();

        assertThat(rx.sink().received()).hasSize(3);
        assertThat(sha256(rx.sink().data())).isEqualTo(sha256(content));
    }

    /** {@code multiple_send_single_recv}, {@code recvmsg_multiple}, {@code recv_peek_large_buf_mult_recs}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldOpenALargeReadOfVeryManyRecords(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] content = fixtures().content(300 * 10);

        fixtures().receive(rx, rx.peer().sealAll(DATA, content, 10));

        assertThat(rx.sink().received()).hasSize(300);
        assertThat(sha256(rx.sink().data())).isEqualTo(sha256(content));
    }

    /** {@code control_msg}, {@code control_msg_nomerge}, {@code data_control_data}, {@code msg_more_then_cmsg}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldMergeNoControlRecordWithAnyOther(Protection protection) {
        int[] types = {HANDSHAKE, HANDSHAKE, DATA, HANDSHAKE, DATA, ALERT, ALERT, DATA, DATA};
        for (boolean inOneRead : new boolean[] {true, false}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);
            List<Received> expected = new ArrayList<>();
            List<byte[]> records = new ArrayList<>();
            for (int type : types) {
                byte[] content = fixtures().content(type == ALERT ? 2 : 5);
                records.add(rx.peer().seal(type, content));
                expected.add(new Received(type(type), content));
            }

            deliver(rx, records, inOneRead);

            assertThat(rx.sink().received()).isEqualTo(expected);
            rx.session().close();
        }
    }

    private static ContentType type(int code) {
        return switch (code) {
            case ALERT -> ContentType.ALERT;
            case HANDSHAKE -> ContentType.HANDSHAKE;
            default -> ContentType.APPLICATION_DATA;
        };
    }

    private void deliver(SessionFixtures.Rx rx, List<byte[]> records, boolean inOneRead) {
        byte[] all = {};
        for (byte[] record : records) {
            all = concat(all, record);
            if (!inOneRead) {
                rx.session().receive(fixtures().buffer(record));
            }
        }
        if (inOneRead) {
            rx.session().receive(fixtures().buffer(all));
        }
        fixtures().settle();
    }

    /**
     * {@code zero_len}, all variants. Empty data counts as a record here too; an empty control record, which the kernel
     * hands on, must end the connection (RFC 8446 §5.4).
     */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldTakeEmptyDataAnywhereAndEmptyControlNowhere(Protection protection) {
        for (String variant : ZERO_LEN) {
            expectZeroLen(protection, variant, true);
            expectZeroLen(protection, variant, false);
        }
    }

    private void expectZeroLen(Protection protection, String variant, boolean inOneRead) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        List<Received> expected = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        boolean isRefused = false;
        for (String record : variant.split("_")) {
            boolean isEmpty = record.startsWith("0");
            int type = record.endsWith("ctrl") ? HANDSHAKE : DATA;
            byte[] content = fixtures().content(isEmpty ? 0 : 11);
            records.add(rx.peer().seal(type, content));
            isRefused |= isEmpty && type == HANDSHAKE;
            if (!isRefused) {
                expected.add(new Received(type(type), content));
            }
        }

        deliver(rx, records, inOneRead);

        assertThat(rx.sink().received()).as(variant).isEqualTo(expected);
        assertThat(rx.sink().faults()).as(variant).hasSize(isRefused ? 1 : 0);
        if (isRefused) {
            assertThat(rx.sink().faults().getFirst().alert()).contains(AlertDescription.UNEXPECTED_MESSAGE);
        }
        rx.session().close();
    }

    /**
     * {@code no_pad}, {@code recvmsg_nopad_retry_iov}: a session that expects no padding, or data only, is wrong in the
     * middle of a run.
     */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx13")
    default void shouldStripPaddingBetweenRecordsThatHaveNone(Protection protection) {
        int[] paddings = {0, 0, 1, 0, 16, 300, 0, 0, 4_000, 1, 0};
        for (boolean inOneRead : new boolean[] {true, false}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);
            List<Received> expected = new ArrayList<>();
            List<byte[]> records = new ArrayList<>();
            for (int i = 0; i < paddings.length; i++) {
                int type = i % 4 == 3 ? HANDSHAKE : DATA;
                byte[] content = fixtures().content(i == 5 ? 0 : 32);
                byte[] inner = Arrays.copyOf(content, content.length + 1 + paddings[i]);
                inner[content.length] = (byte) type;
                records.add(rx.peer().sealInner(inner));
                expected.add(new Received(type(type), content));
            }

            deliver(rx, records, inOneRead);

            assertThat(rx.sink().received()).isEqualTo(expected);
            assertThat(rx.sink().faults()).isEmpty();
            rx.session().close();
        }
    }

    /** {@code recseq_wrap}: nothing is opened at the last sequence (RFC 8446 §5.3). */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldNotOpenAtTheLastSequence(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, -2);
        byte[] content = fixtures().content(10);
        byte[] first = rx.peer().seal(DATA, content);
        byte[] last = rx.peer().seal(DATA, fixtures().content(10));

        fixtures().receive(rx, concat(first, last));

        assertThat(rx.sink().received()).containsExactly(new Received(ContentType.APPLICATION_DATA, content));
        assertThat(rx.sink().faults()).hasSize(1).first().isInstanceOf(KeyLimitException.class);
        assertThat(rx.keys().isDestroyed()).isTrue();
    }
}
