package io.offramp.offload.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.InstallResult;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Install, decline, close, and their counters. */
interface InstallContract extends ContractFixtures {
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldSayWhereATxSessionIsKept(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);

        assertThat(tx.session().info().backend()).isEqualTo(fixtures().offload().name());
        assertThat(tx.session().info().mode())
                .isEqualTo(fixtures().offload().capabilities().mode());
        assertThat(tx.session().info().detail()).isNotBlank();
    }

    @Test
    default void shouldTakeSomethingWhenItIsAvailable() {
        assertThat(Protection.all())
                .anyMatch(protection -> takes(Direction.TX, protection) || takes(Direction.RX, protection));
    }

    @Test
    default void shouldLeaveTheKeysAloneWhenItDeclines() {
        List<Protection> refused = Protection.all().stream()
                .filter(protection -> !takes(Direction.TX, protection) || !takes(Direction.RX, protection))
                .toList();
        assumeFalse(refused.isEmpty(), fixtures().offload().name() + " takes everything");

        for (Protection protection : refused) {
            TrafficKeys keys = fixtures().keys(protection, 5);
            byte[] key = keys.dangerousKey().clone();
            byte[] iv = keys.dangerousIv().clone();

            InstallResult<?> result = install(takes(Direction.TX, protection) ? Direction.RX : Direction.TX, keys);

            assertThat(result).as("%s", protection).isInstanceOf(InstallResult.Declined.class);
            assertThat(keys.isDestroyed()).isFalse();
            assertThat(keys.dangerousKey()).isEqualTo(key);
            assertThat(keys.dangerousIv()).isEqualTo(iv);
        }
    }

    private boolean takes(Direction direction, Protection protection) {
        return fixtures().offload().capabilities().supports(direction, protection.version(), protection.suite());
    }

    private InstallResult<?> install(Direction direction, TrafficKeys keys) {
        RecordOffload offload = fixtures().offload();
        RecordBoundary at =
                RecordBoundary.start(direction).movedTo(SessionFixtures.START_POSITION, keys.nextSequence());
        return direction == Direction.TX
                ? offload.installTx(fixtures().target(), keys, at, new CollectingTxSink())
                : offload.installRx(fixtures().target(), keys, at, new CollectingRxSink());
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldWipeTheKeysWhenTxIsClosed(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        byte[] key = tx.keys().dangerousKey();
        byte[] iv = tx.keys().dangerousIv();

        tx.session().close();
        tx.session().close();
        fixtures().settle();

        assertThat(tx.keys().isDestroyed()).isTrue();
        assertThat(key).containsOnly(0);
        assertThat(iv).containsOnly(0);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldWipeTheKeysWhenRxIsClosed(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] key = rx.keys().dangerousKey();
        byte[] iv = rx.keys().dangerousIv();

        rx.session().close();
        rx.session().close();
        fixtures().settle();

        assertThat(rx.keys().isDestroyed()).isTrue();
        assertThat(key).containsOnly(0);
        assertThat(iv).containsOnly(0);
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldLetNothingOutWhenTxIsClosed(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        ByteBuf plaintext = fixtures().buffer(fixtures().content(100));
        tx.session().close();

        // Refused or dropped, but never sent and never kept.
        Throwable ignored = catchThrowable(() -> tx.session().seal(ContentType.APPLICATION_DATA, plaintext, MAX));
        fixtures().settle();

        assertThat(tx.sink().wire()).as("after %s", ignored).isEmpty();
        assertThat(plaintext.refCnt()).isZero();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDeliverNothingWhenRxIsClosed(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        ByteBuf wire = fixtures().buffer(rx.peer().seal(DATA, fixtures().content(100)));
        rx.session().close();

        rx.session().receive(wire);
        fixtures().settle();

        assertThat(rx.sink().received()).isEmpty();
        assertThat(rx.sink().faults()).isEmpty();
        assertThat(wire.refCnt()).isZero();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldCountWhatItSeals(Protection protection) {
        Map<String, Long> before = counted();
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        Map<String, Long> installed = counted();

        tx.session()
                .seal(ContentType.APPLICATION_DATA, fixtures().buffer(fixtures().content(1_000)), 500);
        fixtures().settle();
        Map<String, Long> sealed = counted();
        tx.session().close();
        fixtures().settle();

        assertThat(installed).isNotEqualTo(before);
        assertThat(sealed).isNotEqualTo(installed);
        assertThat(gauges()).as("gauges once all is closed").isEqualTo(gaugesOf(before));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldCountWhatItOpens(Protection protection) {
        Map<String, Long> before = counted();
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        Map<String, Long> installed = counted();

        fixtures().receive(rx, rx.peer().seal(DATA, fixtures().content(1_000)));
        Map<String, Long> opened = counted();
        rx.session().close();
        fixtures().settle();

        assertThat(installed).isNotEqualTo(before);
        assertThat(opened).isNotEqualTo(installed);
        assertThat(gauges()).as("gauges once all is closed").isEqualTo(gaugesOf(before));
    }

    private Map<String, Long> counted() {
        return Counters.values(fixtures().offload().counters());
    }

    private Map<String, Long> gauges() {
        return gaugesOf(counted());
    }

    private Map<String, Long> gaugesOf(Map<String, Long> counted) {
        return fixtures().offload().counters().stream()
                .filter(counter -> counter.kind() == OffloadCounter.Kind.GAUGE)
                .collect(Collectors.toMap(OffloadCounter::name, counter -> counted.get(counter.name())));
    }
}
