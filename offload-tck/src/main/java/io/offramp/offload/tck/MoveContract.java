package io.offramp.offload.tck;

import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.RxSession;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A direction leaves a session in mid-stream and goes on in another one; the peer notices nothing. */
interface MoveContract extends ContractFixtures {
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txExported")
    default void shouldGoOnElsewhereWhenTxIsExported(Protection protection) {
        SessionFixtures.Tx first = fixtures().tx(protection, 3);
        byte[] content = fixtures().content(1_000);
        first.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 300);
        RecordBoundary at = fixtures().boundaryOf(first.session());

        TrafficKeys keys = first.session().export(at);
        SessionFixtures.Tx second = fixtures().tx(keys, at.wirePosition());
        second.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 400);
        fixtures().settle();

        byte[] expected = concat(
                first.expected().sealAll(DATA, content, 300), first.expected().sealAll(DATA, content, 400));
        assertThat(concat(first.sink().wire(), second.sink().wire())).isEqualTo(expected);
        assertThat(second.session().nextSequence()).isEqualTo(3 + 4 + 3);
        assertThat(first.session().boundary()).isNull();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txExported")
    default void shouldHoldNoKeysWhenTxIsExported(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 3);
        byte[] key = tx.keys().dangerousKey().clone();

        TrafficKeys exported = tx.session().export(fixtures().boundaryOf(tx.session()));

        assertThat(exported.nextSequence()).isEqualTo(3);
        assertThat(exported.dangerousKey()).isEqualTo(key);
        tx.session().close();
        assertThat(exported.isDestroyed())
                .as("the caller's keys outlive the session")
                .isFalse();
        exported.destroy();
    }

    /** The kernel's {@code getsockopt}: all that was given, at the record that comes next. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txExported")
    default void shouldGiveTxKeysBackAtTheCurrentSequence(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 6);
        TrafficKeys given = tx.keys().copyAt(6);
        tx.session()
                .seal(ContentType.APPLICATION_DATA, fixtures().buffer(fixtures().content(300)), 100);

        expectKeys(tx.session().export(fixtures().boundaryOf(tx.session())), given, 9);
    }

    /** The kernel's {@code getsockopt}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxExported")
    default void shouldGiveRxKeysBackAtTheCurrentSequence(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 6);
        TrafficKeys given = rx.keys().copyAt(6);
        fixtures().receive(rx, rx.peer().sealAll(DATA, fixtures().content(300), 100));

        RxSession.Export export = rx.session().export(fixtures().boundaryOf(rx.session()));
        export.pending().release();
        expectKeys(export.keys(), given, 9);
    }

    /** The kernel's {@code rekey_getsockopt}: the keys of now, not those of the install. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txRekeyedAndExported")
    default void shouldGiveTheNewKeysBackWhenTxWasRekeyed(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 6);
        TrafficKeys next = fixtures().keys(protection, 0);
        TrafficKeys given = next.copyAt(0);
        tx.session().rekey(fixtures().boundaryOf(tx.session()), next);
        tx.session()
                .seal(ContentType.APPLICATION_DATA, fixtures().buffer(fixtures().content(200)), 100);

        expectKeys(tx.session().export(fixtures().boundaryOf(tx.session())), given, 2);
    }

    /** The kernel's {@code rekey_getsockopt}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxRekeyedAndExported")
    default void shouldGiveTheNewKeysBackWhenRxWasRekeyed(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 6);
        TrafficKeys next = fixtures().keys(protection, 0);
        TrafficKeys given = next.copyAt(0);
        rx.session().rekey(fixtures().boundaryOf(rx.session()), next);
        fixtures()
                .receive(
                        rx, new ReferenceRecords(given).sealAll(DATA, fixtures().content(200), 100));

        RxSession.Export export = rx.session().export(fixtures().boundaryOf(rx.session()));
        export.pending().release();
        expectKeys(export.keys(), given, 2);
    }

    private static void expectKeys(TrafficKeys exported, TrafficKeys given, long nextSequence) {
        assertThat(exported.version()).isEqualTo(given.version());
        assertThat(exported.suite()).isEqualTo(given.suite());
        assertThat(exported.dangerousKey()).isEqualTo(given.dangerousKey());
        assertThat(exported.dangerousIv()).isEqualTo(given.dangerousIv());
        assertThat(exported.nextSequence()).isEqualTo(nextSequence);
        exported.destroy();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxExported")
    default void shouldGoOnElsewhereWhenRxIsExportedAtARecordsEnd(Protection protection) {
        SessionFixtures.Rx first = fixtures().rx(protection, 7);
        byte[] content = fixtures().content(1_000);
        fixtures().receive(first, first.peer().sealAll(DATA, content, 300));
        RecordBoundary at = fixtures().boundaryOf(first.session());

        RxSession.Export export = first.session().export(at);
        assertThat(export.pending().readableBytes()).isZero();
        export.pending().release();
        SessionFixtures.Rx second = fixtures().rx(export.keys(), at.wirePosition());
        fixtures().receive(second, first.peer().sealAll(DATA, content, 400));

        assertThat(concat(first.sink().data(), second.sink().data())).isEqualTo(concat(content, content));
        assertThat(second.session().nextSequence()).isEqualTo(7 + 4 + 3);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxExported")
    default void shouldTakeTheBytesOfAPartialRecordAlongWhereverItIsCut(Protection protection) {
        int recordBytes = protection.format().sealedBytes(30, MAX);

        for (int cut = 1; cut < recordBytes; cut++) {
            SessionFixtures.Rx first = fixtures().rx(protection, 0);
            byte[] whole = first.peer().seal(DATA, fixtures().content(30));
            byte[] content = fixtures().content(30);
            byte[] torn = first.peer().seal(DATA, content);
            fixtures().receive(first, concat(whole, Arrays.copyOf(torn, cut)));
            RecordBoundary at = fixtures().boundaryOf(first.session());

            RxSession.Export export = first.session().export(at);
            assertThat(ByteBufUtil.getBytes(export.pending()))
                    .as("cut at %d", cut)
                    .isEqualTo(Arrays.copyOf(torn, cut));
            SessionFixtures.Rx second = fixtures().rx(export.keys(), at.wirePosition());
            second.session().receive(export.pending());
            fixtures().receive(second, Arrays.copyOfRange(torn, cut, recordBytes));

            assertThat(at.wirePosition()).isEqualTo(SessionFixtures.START_POSITION + recordBytes);
            assertThat(second.sink().data()).as("cut at %d", cut).isEqualTo(content);
            second.session().close();
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxExported")
    default void shouldDeliverNothingFurtherWhenRxIsExported(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        RxSession.Export export = rx.session().export(fixtures().boundaryOf(rx.session()));
        ByteBuf wire = fixtures().buffer(rx.peer().seal(DATA, fixtures().content(30)));

        rx.session().receive(wire);
        fixtures().settle();

        assertThat(wire.refCnt()).isZero();
        assertThat(rx.sink().received()).isEmpty();
        export.pending().release();
        export.keys().destroy();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rxExported")
    default void shouldRefuseToExportAtAnotherBoundary(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        RecordBoundary stale = fixtures().boundaryOf(rx.session());
        fixtures().receive(rx, rx.peer().seal(DATA, fixtures().content(30)));

        assertThatThrownBy(() -> rx.session().export(stale)).isInstanceOf(OffloadMisuseException.class);
    }

    /** Several times over, as a policy that promotes and demotes does. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("txExported")
    default void shouldMoveAgainAndAgain(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        ReferenceRecords reference = tx.expected();
        byte[] wire = {};
        byte[] expected = {};
        for (int i = 0; i < 8; i++) {
            byte[] content = fixtures().content(100 + i);
            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), 64);
            expected = concat(expected, reference.sealAll(DATA, content, 64));
            RecordBoundary at = fixtures().boundaryOf(tx.session());
            wire = concat(wire, tx.sink().wire());
            tx = fixtures().tx(tx.session().export(at), at.wirePosition());
        }

        assertThat(wire).isEqualTo(expected);
    }
}
