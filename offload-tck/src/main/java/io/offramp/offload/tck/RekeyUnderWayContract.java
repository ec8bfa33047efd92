package io.offramp.offload.tck;

import static io.offramp.offload.tck.ContractFixtures.sha256;
import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.RecordSession;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Other keys at unusual moments, and keys that are refused. Where a test has a counterpart in the kernel's selftests
 * ({@code tools/testing/selftests/net/tls.c}), its comment gives the name there.
 */
interface RekeyUnderWayContract extends ContractFixtures {
    /** key_update(24), three bytes of length, update_not_requested(0) (RFC 8446 §4.6.3). */
    byte[] KEY_UPDATE = {24, 0, 0, 1, 0};

    /** {@code rekey_tx}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txRekeyed")
    default void shouldRekeyTxBeforeItsFirstRecord(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        TrafficKeys next = fixtures().keys(protection, 0);
        ReferenceRecords expected = new ReferenceRecords(next);
        byte[] content = fixtures().content(13);

        tx.session().rekey(fixtures().boundaryOf(tx.session()), next);
        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), MAX);
        fixtures().settle();

        assertThat(tx.sink().wire()).isEqualTo(expected.seal(DATA, content));
    }

    /** {@code rekey_rx}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldRekeyRxBeforeItsFirstRecord(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        TrafficKeys next = fixtures().keys(protection, 0);
        ReferenceRecords peer = new ReferenceRecords(next);
        byte[] content = fixtures().content(13);

        rx.session().rekey(fixtures().boundaryOf(rx.session()), next);
        fixtures().receive(rx, peer.seal(DATA, content));

        assertThat(rx.sink().data()).isEqualTo(content);
    }

    /** {@code rekey}, in both directions of a connection, again and again. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("bothRekeyed")
    default void shouldRekeyBothDirections(Protection protection) {
        try (SessionFixtures far = connect(SessionFixtures::ipv4)) {
            TwoEnds ends = TwoEnds.install(protection, fixtures(), far);
            for (int i = 0; i < 5; i++) {
                byte[] there = fixtures().content(100 + i);
                byte[] back = fixtures().content(20_000 + i);

                keyUpdate(fixtures(), ends.nearTx(), ends.farRx(), there);
                ends.carry();
                keyUpdate(far, ends.farTx(), ends.nearRx(), back);
                ends.carry();

                assertThat(sha256(ends.farRx().sink().data())).isEqualTo(sha256(concat(there, there)));
                assertThat(sha256(ends.nearRx().sink().data())).isEqualTo(sha256(concat(back, back)));
                assertThat(ends.farRx().sink().received()).hasSize(3);
                ends.farRx().sink().received().clear();
                ends.nearRx().sink().received().clear();
            }
            assertThat(ends.faults()).isEmpty();
        }
    }

    /** Content under the old keys, a KeyUpdate, and the same content under the new ones. */
    private void keyUpdate(SessionFixtures from, SessionFixtures.Tx tx, SessionFixtures.Rx rx, byte[] content) {
        TrafficKeys next =
                fixtures().keys(new Protection(tx.keys().version(), tx.keys().suite()), 0);
        TrafficKeys peerNext = next.copyAt(0);
        rx.sink().whenControl(end -> rx.session().rekey(end, peerNext));

        tx.session().seal(ContentType.APPLICATION_DATA, from.buffer(content), MAX);
        tx.session().seal(ContentType.HANDSHAKE, from.buffer(KEY_UPDATE), MAX);
        tx.session().rekey(from.boundaryOf(tx.session()), next);
        tx.session().seal(ContentType.APPLICATION_DATA, from.buffer(content), MAX);
    }

    /** {@code rekey_fail}: other version, other suite, a sequence that is not the first. The old keys stay. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txRekeyed")
    default void shouldKeepTheTxKeysWhenTheNextAreRefused(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] content = fixtures().content(300);

        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 100);
        expectRefusals(protection, tx.session());
        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 100);
        fixtures().settle();

        assertThat(tx.sink().wire()).isEqualTo(tx.expected().sealAll(DATA, concat(content, content), 100));
        assertThat(tx.keys().isDestroyed()).isFalse();
        assertThat(tx.sink().faults()).isEmpty();
    }

    /** {@code rekey_fail}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldKeepTheRxKeysWhenTheNextAreRefused(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] content = fixtures().content(300);

        fixtures().receive(rx, rx.peer().sealAll(DATA, content, 100));
        expectRefusals(protection, rx.session());
        fixtures().receive(rx, rx.peer().sealAll(DATA, content, 100));

        assertThat(rx.sink().data()).isEqualTo(concat(content, content));
        assertThat(rx.keys().isDestroyed()).isFalse();
        assertThat(rx.sink().faults()).isEmpty();
    }

    private void expectRefusals(Protection protection, RecordSession session) {
        RecordBoundary here = fixtures().boundaryOf(session);
        AeadSuite otherSuite =
                protection.suite() == AeadSuite.AES_256_GCM ? AeadSuite.CHACHA20_POLY1305 : AeadSuite.AES_256_GCM;
        for (TrafficKeys refused : List.of(
                fixtures().keys(new Protection(ProtocolVersion.TLS_1_2, protection.suite()), 0),
                fixtures().keys(new Protection(protection.version(), otherSuite), 0),
                fixtures().keys(protection, 1))) {
            assertThatThrownBy(() -> session.rekey(here, refused)).isInstanceOf(OffloadMisuseException.class);
            assertThat(refused.isDestroyed()).as("still the caller's").isFalse();
            refused.destroy();
        }
        assertThat(session.boundary()).isEqualTo(here);
    }

    /** {@code rekey_poll_pending}: before the key is there, nothing under it may get out. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldOpenNothingUnderKeysThatItWasNotGiven(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        ReferenceRecords peerNext = new ReferenceRecords(fixtures().keys(protection, 0));

        fixtures().receive(rx, concat(rx.peer().seal(HANDSHAKE, KEY_UPDATE), peerNext.seal(DATA, new byte[50])));

        assertThat(rx.sink().received()).hasSize(1);
        assertThat(rx.sink().faults()).hasSize(1);
        assertThat(rx.sink().faults().getFirst().alert()).contains(AlertDescription.BAD_RECORD_MAC);
    }

    /** {@code rekey_poll_delay}: the key comes between two reads, not from inside the sink. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldRekeyRxBetweenTwoReads(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        TrafficKeys next = fixtures().keys(protection, 0);
        ReferenceRecords peerNext = new ReferenceRecords(next);
        byte[] content = fixtures().content(40_000);

        fixtures().receive(rx, rx.peer().seal(HANDSHAKE, KEY_UPDATE));
        rx.session().rekey(fixtures().boundaryOf(rx.session()), next);
        fixtures().receive(rx, peerNext.sealAll(DATA, content, MAX));

        assertThat(sha256(rx.sink().data())).isEqualTo(sha256(content));
        assertThat(rx.sink().faults()).isEmpty();
    }

    /** Records are on their way whenever the key changes: each goes out under the key that it was sealed with. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txRekeyed")
    default void shouldRekeyTxBehindABurst(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 7);
        ReferenceRecords reference = tx.expected();
        byte[] expected = {};

        for (int epoch = 0; epoch < 10; epoch++) {
            for (int message = fixtures().random().nextInt(8); message >= 0; message--) {
                byte[] content = fixtures().content(1 + fixtures().random().nextInt(4_000));
                tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 1_500);
                expected = concat(expected, reference.sealAll(DATA, content, 1_500));
            }
            tx.session().seal(ContentType.HANDSHAKE, fixtures().buffer(KEY_UPDATE), MAX);
            expected = concat(expected, reference.seal(HANDSHAKE, KEY_UPDATE));
            TrafficKeys next = fixtures().keys(protection, 0);
            reference = new ReferenceRecords(next);
            tx.session().rekey(fixtures().boundaryOf(tx.session()), next);
        }
        fixtures().settle();

        assertThat(sha256(tx.sink().wire())).as("seed %d", fixtures().seed()).isEqualTo(sha256(expected));
        assertThat(tx.sink().faults()).isEmpty();
    }
}
