package io.offramp.offload.tck;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import io.offramp.offload.tck.CollectingRxSink.Received;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A flipped bit anywhere in a record kills the session, with the right alert, and nothing of that record gets out. */
interface RxForgeryContract extends ContractFixtures {
    int CONTENT_BYTES = 64;

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfAFlippedBitInCiphertextOrTag(Protection protection) {
        int prefix = protection.format().prefixBytes();
        int recordBytes = protection.format().sealedBytes(CONTENT_BYTES, MAX);

        for (int at : new int[] {prefix, prefix + 17, recordBytes - 17, recordBytes - 16, recordBytes - 1}) {
            expectDeath(protection, at, 0x80, AlertDescription.BAD_RECORD_MAC);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxExplicitNonce")
    default void shouldDieOfAFlippedBitInTheExplicitNonce(Protection protection) {
        for (int i = RecordFormat.HEADER_BYTES; i < protection.format().prefixBytes(); i++) {
            expectDeath(protection, i, 1, AlertDescription.BAD_RECORD_MAC);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfAFlippedBitInTheType(Protection protection) {
        expectDeath(protection, 0, 0x80, AlertDescription.UNEXPECTED_MESSAGE);
        // 23 to 22: TLS 1.2 has records of that type, so there only the additional data shows it.
        expectDeath(
                protection,
                0,
                1,
                protection.isTls13() ? AlertDescription.UNEXPECTED_MESSAGE : AlertDescription.BAD_RECORD_MAC);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfAFlippedBitInTheVersion(Protection protection) {
        expectDeath(protection, 1, 1, AlertDescription.DECODE_ERROR);
        expectDeath(protection, 2, 0x40, AlertDescription.DECODE_ERROR);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfAFlippedBitInTheLength(Protection protection) {
        expectDeath(protection, 3, 0x80, AlertDescription.RECORD_OVERFLOW);
        expectDeath(protection, 4, 1, AlertDescription.BAD_RECORD_MAC);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfAFlippedBitInAnyByte(Protection protection) {
        int recordBytes = protection.format().sealedBytes(CONTENT_BYTES, MAX);
        for (int at = 0; at < recordBytes; at++) {
            // Byte 3 is the length's high half: some of its bits announce a longer record, which is waited for.
            int bit = at == 3 ? 0x80 : 1 << fixtures().random().nextInt(8);
            SessionFixtures.Rx rx = deliverForged(protection, at, bit);

            assertThat(rx.sink().faults())
                    .as("byte %d, bit %x, seed %d", at, bit, fixtures().seed())
                    .hasSize(1);
            assertThat(rx.sink().received()).hasSize(1);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfAFlippedBitWhereverTheRecordIsCut(Protection protection) {
        int recordBytes = protection.format().sealedBytes(CONTENT_BYTES, MAX);
        for (int cut = 1; cut < recordBytes; cut++) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);
            byte[] forged = rx.peer().seal(DATA, fixtures().content(CONTENT_BYTES));
            forged[recordBytes - 1] ^= 1;

            fixtures().receive(rx, Arrays.copyOf(forged, cut));
            assertThat(rx.sink().faults()).as("cut at %d", cut).isEmpty();
            fixtures().receive(rx, Arrays.copyOfRange(forged, cut, recordBytes));

            assertThat(rx.sink().received()).isEmpty();
            assertThat(rx.sink().faults()).as("cut at %d", cut).hasSize(1);
            assertThat(rx.sink().faults().getFirst().alert()).contains(AlertDescription.BAD_RECORD_MAC);
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfARecordInTheWrongPlace(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] early = rx.peer().seal(DATA, fixtures().content(20));
        byte[] late = rx.peer().seal(DATA, fixtures().content(20));

        fixtures().receive(rx, concat(late, early));

        assertThat(rx.sink().received()).isEmpty();
        assertThat(rx.sink().faults()).hasSize(1);
        assertThat(rx.sink().faults().getFirst().alert()).contains(AlertDescription.BAD_RECORD_MAC);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfARecordThatComesTwice(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] record = rx.peer().seal(DATA, fixtures().content(20));

        fixtures().receive(rx, concat(record, record));

        assertThat(rx.sink().received()).hasSize(1);
        assertThat(rx.sink().faults()).hasSize(1);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldStayDeadAfterAFault(Protection protection) {
        SessionFixtures.Rx rx = deliverForged(protection, protection.format().prefixBytes(), 1);
        ByteBuf wire = fixtures().buffer(rx.peer().seal(DATA, fixtures().content(20)));

        rx.session().receive(wire);
        fixtures().settle();

        assertThat(wire.refCnt()).isZero();
        assertThat(rx.sink().received()).hasSize(1);
        assertThat(rx.sink().faults()).hasSize(1);
        assertThat(rx.session().bufferedBytes()).isZero();
        assertThat(rx.session().boundary()).isNull();
    }

    /** The kernel's {@code bad_rec}: 64 bytes that never were a record, and nothing behind them is looked at. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOnceOfBytesThatAreNoRecord(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] bad = new byte[64];
        Arrays.fill(bad, (byte) 0x55);

        fixtures().receive(rx, bad);
        fixtures().receive(rx, bad);

        assertThat(rx.sink().received()).isEmpty();
        assertThat(rx.sink().faults()).hasSize(1);
        assertThat(rx.sink().faults().getFirst().alert()).contains(AlertDescription.UNEXPECTED_MESSAGE);
    }

    /** The kernel's {@code bad_in_large_read}: records in front of the bad one are delivered first. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDeliverWhatLiesInFrontOfAForgedRecord(Protection protection) {
        for (boolean inOneRead : new boolean[] {true, false}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);
            byte[] content = fixtures().content(2 * CONTENT_BYTES);
            byte[] sound = rx.peer().sealAll(DATA, content, CONTENT_BYTES);
            byte[] forged = rx.peer().seal(DATA, fixtures().content(CONTENT_BYTES));
            forged[forged.length - 1]++;

            byte[] first = inOneRead ? concat(sound, forged) : sound;
            rx.session().receive(fixtures().buffer(first));
            rx.session().receive(fixtures().buffer(forged));
            fixtures().settle();

            assertThat(rx.sink().data()).isEqualTo(content);
            assertThat(rx.sink().faults()).hasSize(1);
            assertThat(rx.sink().faults().getFirst().alert()).contains(AlertDescription.BAD_RECORD_MAC);
        }
    }

    /** The kernel's {@code bad_cmsg}: a control record is no better, and the session stays dead. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDieOfAForgedControlRecord(Protection protection) {
        for (int type : new int[] {HANDSHAKE, ALERT}) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 0);
            byte[] content = fixtures().content(CONTENT_BYTES);
            byte[] sound = rx.peer().seal(DATA, content);
            byte[] forged = rx.peer().seal(type, new byte[] {1, 0});
            forged[forged.length - 1]++;

            fixtures().receive(rx, concat(sound, forged));
            fixtures().receive(rx, rx.peer().seal(DATA, content));

            assertThat(rx.sink().received()).containsExactly(new Received(ContentType.APPLICATION_DATA, content));
            assertThat(rx.sink().faults()).hasSize(1);
            assertThat(rx.sink().faults().getFirst().alert()).contains(AlertDescription.BAD_RECORD_MAC);
        }
    }

    private void expectDeath(Protection protection, int at, int bit, AlertDescription alert) {
        SessionFixtures.Rx rx = deliverForged(protection, at, bit);

        assertThat(rx.sink().received()).hasSize(1);
        assertThat(rx.sink().faults()).as("byte %d, bit %x", at, bit).hasSize(1);
        assertThat(rx.sink().faults().getFirst().alert())
                .as("byte %d, bit %x", at, bit)
                .contains(alert);
        assertThat(rx.keys().isDestroyed()).isTrue();
    }

    /**
     * A sound record, a forged one, and enough sound ones behind it to fill up whatever length it claims below 256
     * bytes.
     */
    private SessionFixtures.Rx deliverForged(Protection protection, int at, int bit) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] content = fixtures().content(CONTENT_BYTES);
        byte[] sound = rx.peer().seal(DATA, content);
        byte[] forged = rx.peer().seal(DATA, fixtures().content(CONTENT_BYTES));
        byte[] behind = rx.peer().sealAll(DATA, fixtures().content(4 * CONTENT_BYTES), CONTENT_BYTES);
        forged[at] ^= (byte) bit;

        fixtures().receive(rx, concat(sound, concat(forged, behind)));

        assertThat(rx.sink().received()).first().isEqualTo(new Received(ContentType.APPLICATION_DATA, content));
        return rx;
    }
}
