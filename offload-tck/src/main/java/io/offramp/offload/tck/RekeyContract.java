package io.offramp.offload.tck;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Other keys from a record boundary on (RFC 8446 §4.6.3). */
interface RekeyContract extends ContractFixtures {
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txRekeyed")
    default void shouldSealUnderTheNewKeysWhenTxIsRekeyed(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 5);
        TrafficKeys next = fixtures().keys(protection, 0);
        ReferenceRecords expectedNext = new ReferenceRecords(next);
        byte[] content = fixtures().content(300);

        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 100);
        tx.session().rekey(fixtures().boundaryOf(tx.session()), next);
        tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 200);
        fixtures().settle();

        assertThat(tx.sink().wire())
                .isEqualTo(concat(tx.expected().sealAll(DATA, content, 100), expectedNext.sealAll(DATA, content, 200)));
        assertThat(tx.session().nextSequence()).isEqualTo(2);
        assertThat(tx.keys().isDestroyed()).isTrue();
        assertThat(next.isDestroyed()).isFalse();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldOpenTheNextRecordOfTheSameBufferUnderTheNewKeys(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 5);
        TrafficKeys next = fixtures().keys(protection, 0);
        ReferenceRecords peerNext = new ReferenceRecords(next);
        rx.sink().whenControl(end -> rx.session().rekey(end, next));
        byte[] before = fixtures().content(100);
        byte[] behind = fixtures().content(5_000);

        byte[] old = concat(
                rx.peer().seal(DATA, before),
                rx.peer().seal(HANDSHAKE, fixtures().content(5)));
        fixtures().receive(rx, concat(old, peerNext.sealAll(DATA, behind, 2_000)));

        assertThat(rx.sink().faults()).isEmpty();
        assertThat(rx.sink().data()).isEqualTo(concat(before, behind));
        assertThat(rx.session().nextSequence()).isEqualTo(3);
        assertThat(rx.keys().isDestroyed()).isTrue();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldOpenUnderTheNewKeysWhereverTheBufferIsCut(Protection protection) {
        int keyUpdateBytes = protection.format().sealedBytes(5, MAX);
        int dataBytes = protection.format().sealedBytes(20, MAX);

        for (int cut = 1; cut < keyUpdateBytes + dataBytes; cut++) {
            SessionFixtures.Rx rx = fixtures().rx(protection, 1);
            TrafficKeys next = fixtures().keys(protection, 0);
            ReferenceRecords peerNext = new ReferenceRecords(next);
            rx.sink().whenControl(end -> rx.session().rekey(end, next));
            byte[] content = fixtures().content(20);
            byte[] stream = concat(rx.peer().seal(HANDSHAKE, fixtures().content(5)), peerNext.seal(DATA, content));

            fixtures().receive(rx, Arrays.copyOf(stream, cut));
            fixtures().receive(rx, Arrays.copyOfRange(stream, cut, stream.length));

            assertThat(rx.sink().data()).as("cut at %d", cut).isEqualTo(content);
            rx.session().close();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldRefuseARecordUnderTheOldKeysWhenRxIsRekeyed(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        rx.sink().whenControl(end -> rx.session().rekey(end, fixtures().keys(protection, 0)));

        fixtures().receive(rx, rx.peer().seal(HANDSHAKE, fixtures().content(5)));
        fixtures().receive(rx, rx.peer().seal(DATA, fixtures().content(50)));

        assertThat(rx.sink().faults()).hasSize(1);
        assertThat(rx.sink().data()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txRekeyed")
    default void shouldRefuseToRekeyAtAnotherBoundary(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        RecordBoundary stale = fixtures().boundaryOf(tx.session());
        tx.session()
                .seal(ContentType.APPLICATION_DATA, fixtures().buffer(fixtures().content(10)), MAX);
        fixtures().settle();

        assertThatThrownBy(() -> tx.session().rekey(stale, fixtures().keys(protection, 0)))
                .isInstanceOf(OffloadMisuseException.class);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyed")
    default void shouldSurviveManyKeyUpdates(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        TrafficKeys[] epochs = new TrafficKeys[50];
        byte[] stream = rx.peer().seal(HANDSHAKE, fixtures().content(5));
        byte[] content = {};
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = fixtures().keys(protection, 0);
            ReferenceRecords peer = new ReferenceRecords(epochs[i]);
            byte[] data = fixtures().content(10);
            content = concat(content, data);
            stream = concat(stream, peer.seal(DATA, data));
            if (i < epochs.length - 1) {
                stream = concat(stream, peer.seal(HANDSHAKE, fixtures().content(5)));
            }
        }
        int[] epoch = {0};
        rx.sink().whenControl(end -> rx.session().rekey(end, epochs[epoch[0]++]));

        fixtures().receive(rx, stream);

        assertThat(rx.sink().data()).isEqualTo(content);
        assertThat(epochs).filteredOn(TrafficKeys::isDestroyed).hasSize(epochs.length - 1);
    }
}
