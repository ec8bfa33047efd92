package io.offramp.offload.tck;

import static io.offramp.offload.tck.ContractFixtures.sha256;
import static io.offramp.offload.tck.ReferenceRecords.concat;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.CollectingRxSink.Received;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both directions of a connection, its addresses and its ends. Where a test has a counterpart in the kernel's selftests
 * ({@code tools/testing/selftests/net/tls.c}), its comment gives the name there.
 */
interface ConnectionContract extends ContractFixtures {
    byte[] CLOSE_NOTIFY = {1, 0};

    /** {@code bidir}, {@code shutdown}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("both")
    default void shouldCarryBothDirectionsUntilBothEndsClose(Protection protection) {
        try (SessionFixtures far = connect(SessionFixtures::ipv4)) {
            expectBothDirections(TwoEnds.install(protection, fixtures(), far));
        }
    }

    /** {@code tls_v6ops}. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("both")
    default void shouldCarryBothDirectionsOverIpv6(Protection protection) {
        try (SessionFixtures near = connect(SessionFixtures::ipv6);
                SessionFixtures far = connect(SessionFixtures::ipv6)) {
            expectBothDirections(TwoEnds.install(protection, near, far));
        }
    }

    /** A proxy that is client and server of one connection, on one backend: addresses are the same, the other way. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("both")
    default void shouldBeClientAndServerOfOneConnection(Protection protection) {
        try (SessionFixtures server = connect(SessionFixtures::ipv4)) {
            FiveTuple there = server.target().flow();
            try (SessionFixtures client = connect(port -> new FiveTuple(there.remote(), there.local()))) {
                expectBothDirections(TwoEnds.install(protection, client, server));
            }
        }
    }

    private void expectBothDirections(TwoEnds ends) {
        ByteArrayOutputStream there = new ByteArrayOutputStream();
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        for (int i = 0; i < 8; i++) {
            seal(ends.near(), ends.nearTx(), there);
            seal(ends.far(), ends.farTx(), back);
            ends.carry();
        }
        ends.nearTx().session().seal(ContentType.ALERT, ends.near().buffer(CLOSE_NOTIFY), MAX);
        ends.farTx().session().seal(ContentType.ALERT, ends.far().buffer(CLOSE_NOTIFY), MAX);
        ends.carry();

        assertThat(ends.faults()).isEmpty();
        assertThat(sha256(ends.farRx().sink().data()))
                .as("seed %d", ends.near().seed())
                .isEqualTo(sha256(there.toByteArray()));
        assertThat(sha256(ends.nearRx().sink().data()))
                .as("seed %d", ends.far().seed())
                .isEqualTo(sha256(back.toByteArray()));
        for (SessionFixtures.Rx rx : List.of(ends.farRx(), ends.nearRx())) {
            assertThat(rx.sink().received()).last().isEqualTo(new Received(ContentType.ALERT, CLOSE_NOTIFY));
            assertThat(rx.session().bufferedBytes()).isZero();
        }
    }

    private static void seal(SessionFixtures from, SessionFixtures.Tx tx, ByteArrayOutputStream sent) {
        byte[] content = from.content(from.random().nextInt(25_000));
        tx.session()
                .seal(
                        ContentType.APPLICATION_DATA,
                        from.buffer(content),
                        MAX - from.random().nextInt(MAX - 1_000));
        sent.writeBytes(content);
    }

    /** {@code tls_v6ops}: one pair of ports, two address families, two connections. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("both")
    default void shouldTellIpv6FromIpv4(Protection protection) {
        try (SessionFixtures four = connect(SessionFixtures::ipv4);
                SessionFixtures six = connect(port ->
                        SessionFixtures.ipv6(four.target().flow().remote().getPort()))) {
            SessionFixtures.Rx first = four.rx(fixtures().keys(protection, 0), SessionFixtures.START_POSITION);
            SessionFixtures.Rx second = six.rx(fixtures().keys(protection, 0), SessionFixtures.START_POSITION);
            byte[] toFirst = fixtures().content(20_000);
            byte[] toSecond = fixtures().content(20_000);

            six.receive(second, second.peer().sealAll(DATA, toSecond, MAX));
            four.receive(first, first.peer().sealAll(DATA, toFirst, MAX));

            assertThat(sha256(first.sink().data())).isEqualTo(sha256(toFirst));
            assertThat(sha256(second.sink().data())).isEqualTo(sha256(toSecond));
        }
    }

    /**
     * {@code shutdown_unsent}: closed while records may still be on their way. What got out is the beginning of what
     * should have, in whole records: all that had settled before, and everything where nothing was under way.
     */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("tx")
    default void shouldLetOutWholeRecordsOnlyWhenTxIsClosedUnderWay(Protection protection) {
        SessionFixtures.Tx tx = fixtures().tx(protection, 0);
        List<ByteBuf> plaintexts = new ArrayList<>();
        byte[] expected = {};
        List<Integer> ends = new ArrayList<>();

        for (int i = 0; i < 20; i++) {
            byte[] content = fixtures().content(3_000);
            ByteBuf plaintext = fixtures().buffer(content);
            plaintexts.add(plaintext);
            tx.session().seal(ContentType.APPLICATION_DATA, plaintext, MAX);
            expected = concat(expected, tx.expected().seal(DATA, content));
            ends.add(expected.length);
            if (i == 9) {
                fixtures().settle();
            }
        }
        boolean isUnderWay = tx.session().boundary() == null;
        tx.session().close();
        fixtures().settle();

        byte[] wire = tx.sink().wire();
        assertThat(wire.length).isIn(ends.subList(isUnderWay ? 9 : 19, 20));
        assertThat(sha256(wire)).isEqualTo(sha256(Arrays.copyOf(expected, wire.length)));
        assertThat(tx.keys().isDestroyed()).isTrue();
        assertThat(plaintexts).allMatch(plaintext -> plaintext.refCnt() == 0);
    }

    /**
     * {@code shutdown_unsent}, the other direction: what had settled before is delivered, as far as its records are
     * whole.
     */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("rx")
    default void shouldDeliverWholeRecordsOnlyWhenRxIsClosedUnderWay(Protection protection) {
        SessionFixtures.Rx rx = fixtures().rx(protection, 0);
        byte[] content = fixtures().content(20 * 3_000);
        byte[] wire = rx.peer().sealAll(DATA, content, 3_000);
        int settled = 0;

        for (int from = 0; from < wire.length - 100; from += 5_000) {
            int to = Math.min(wire.length - 100, from + 5_000);
            rx.session().receive(fixtures().buffer(Arrays.copyOfRange(wire, from, to)));
            if (from == 30_000) {
                fixtures().settle();
                settled = to / protection.format().sealedBytes(3_000, 3_000) * 3_000;
                assertThat(rx.sink().data()).hasSize(settled);
            }
        }
        rx.session().close();
        fixtures().settle();

        byte[] delivered = rx.sink().data();
        assertThat(delivered.length % 3_000).isZero();
        assertThat(delivered.length).isBetween(settled, content.length - 3_000);
        assertThat(sha256(delivered)).isEqualTo(sha256(Arrays.copyOf(content, delivered.length)));
        assertThat(rx.sink().faults()).isEmpty();
        assertThat(rx.keys().isDestroyed()).isTrue();
    }

    /**
     * {@code shutdown_reuse}: the kernel refuses; here nothing is left of the first session, and a second one works.
     */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("both")
    default void shouldTakeTheSameConnectionAgain(Protection protection) {
        for (int round = 0; round < 4; round++) {
            long position = SessionFixtures.START_POSITION + 1_000L * round;
            SessionFixtures.Tx tx = fixtures().tx(fixtures().keys(protection, round), position);
            SessionFixtures.Rx rx = fixtures().rx(fixtures().keys(protection, round), position);
            byte[] content = fixtures().content(500);

            tx.session().seal(ContentType.APPLICATION_DATA, fixtures().buffer(content), MAX);
            fixtures().receive(rx, concat(rx.peer().seal(DATA, content), new byte[] {23, 3, 3}));

            assertThat(tx.sink().wire())
                    .as("round %d", round)
                    .isEqualTo(tx.expected().seal(DATA, content));
            assertThat(rx.sink().data()).as("round %d", round).isEqualTo(content);
            tx.session().close();
            rx.session().close();
            fixtures().settle();
        }
    }

    /** {@code disconnect}: the channel goes first, with records and half a record in the sessions. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("both")
    default void shouldGiveEverythingBackWhenTheChannelClosedFirst(Protection protection) {
        try (SessionFixtures connection = connect(SessionFixtures::ipv4)) {
            SessionFixtures.Tx tx = connection.tx(protection, 0);
            SessionFixtures.Rx rx = connection.rx(protection, 0);
            TrafficKeys[] keys = {tx.keys(), rx.keys()};
            ByteBuf plaintext = connection.buffer(connection.content(40_000));
            byte[] wire = rx.peer().sealAll(DATA, connection.content(40_000), MAX);

            tx.session().seal(ContentType.APPLICATION_DATA, plaintext, MAX);
            rx.session().receive(connection.buffer(Arrays.copyOf(wire, wire.length - 10)));
            connection.target().channel().close();
            tx.session().close();
            rx.session().close();
            connection.settle();

            assertThat(keys).allMatch(TrafficKeys::isDestroyed);
            assertThat(plaintext.refCnt()).isZero();
        }
    }
}
