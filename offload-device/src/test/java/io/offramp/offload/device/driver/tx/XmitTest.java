package io.offramp.offload.device.driver.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.Protection;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the driver posts for packets in order, out of order, before the offload and after an acknowledgment. */
class XmitTest {
    private static final Protection TLS_1_3 = new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM);
    private static final int RECORD = XmitFixture.RECORD;

    private static List<Protection> protections() {
        return Protection.all().stream()
                .filter(protection -> protection.suite().isGcm())
                .toList();
    }

    @Test
    void shouldProgramTheContextWithTheFirstPacketWhichStartsWhereTheOffloadStarts() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            assertThat(tx.posted()).as("an install posts nothing").isEmpty();

            assertThat(tx.send(0, 800)).isEqualTo(Xmit.Outcome.OFFLOADED);

            assertThat(tx.posted()).containsExactly("STATIC", "PROGRESS F", "NOP F", "SEND");
            tx.expectLeft(0, 800);
            assertThat(tx.tis().nextTcpSequence()).isEqualTo(XmitFixture.START + 800);
            expectCounters(tx, 0, 0, 0, 0);
        }
    }

    @Test
    void shouldPostNoParamsForWhatFollowsInOrderAndCountPackets() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            tx.send(0, 800);
            tx.posted();

            tx.send(800, 1_000);
            tx.send(1_800, 3_500);

            assertThat(tx.posted()).containsExactly("SEND", "LSO");
            tx.expectLeft(0, 800, 800, 1_000, 1_800, 1_000, 2_800, 1_000, 3_800, 1_000, 4_800, 500);
            assertThat(tx.driver.counter("tx_tls_encrypted_packets")).isEqualTo(6);
            assertThat(tx.driver.counter("tx_tls_encrypted_bytes")).isEqualTo(5_300);
            assertThat(tx.driver.counter("tx_tls_ooo")).isZero();
        }
    }

    /** Static, progress, fence, and what lies in front of the packet in its record as DUMPs of at most an MTU. */
    @Test
    void shouldRebuildTheStateOfARecordForAPacketOutOfOrder() {
        try (XmitFixture tx = XmitFixture.sent()) {
            assertThat(tx.send(RECORD + 3_700, 300)).isEqualTo(Xmit.Outcome.OFFLOADED);

            assertThat(tx.posted())
                    .containsExactly("STATIC F", "PROGRESS F", "NOP F", "DUMP 1500", "DUMP 1500", "DUMP 700", "SEND");
            tx.expectLeft(RECORD + 3_700, 300);
            expectCounters(tx, 1, 3, 3_700, 3_700);
        }
    }

    @Test
    void shouldDumpNothingForAPacketAtTheStartOfARecord() {
        try (XmitFixture tx = XmitFixture.sent()) {
            tx.send(RECORD, 300);

            assertThat(tx.posted()).containsExactly("STATIC F", "PROGRESS F", "NOP F", "SEND");
            tx.expectLeft(RECORD, 300);
            expectCounters(tx, 1, 0, 0, 0);
        }
    }

    @Test
    void shouldSkipTheStaticParamsWhenTheirRecordIsTheOneLastProgrammed() {
        try (XmitFixture tx = XmitFixture.sent()) {
            tx.send(RECORD + 100, 100);
            tx.posted();
            tx.send(RECORD + 50, 100);

            assertThat(tx.posted()).containsExactly("PROGRESS F", "NOP F", "DUMP 50", "SEND");
            tx.expectLeft(RECORD + 100, 100, RECORD + 50, 100);
        }
    }

    @Test
    void shouldResyncTwiceForOneRetransmission() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            tx.send(0, RECORD + 2_000);
            tx.left.clear();

            tx.send(1_000, 1_000);
            assertThat(tx.driver.counter("tx_tls_ooo")).as("back").isEqualTo(1);
            tx.send(RECORD + 2_000, 1_000);
            assertThat(tx.driver.counter("tx_tls_ooo")).as("and forth").isEqualTo(2);
            tx.send(RECORD + 3_000, 1_000);
            assertThat(tx.driver.counter("tx_tls_ooo")).isEqualTo(2);

            tx.expectLeft(1_000, 1_000, RECORD + 2_000, 1_000, RECORD + 3_000, 1_000);
            expectCounters(tx, 2, 3, 3_000, 3_000);
        }
    }

    /** Any part of the stream, as often as it is asked for, is the same on the wire. */
    @ParameterizedTest
    @MethodSource("protections")
    void shouldSendTheSameBytesAgainWhereverAPacketStartsAndEnds(Protection protection) {
        Random random = new Random(21);
        try (XmitFixture tx = new XmitFixture(protection)) {
            for (int i = 0; i < 40; i++) {
                tx.add(random.nextInt(3) == 0 ? random.nextInt(4_000) : random.nextInt(60));
            }
            for (int i = 0; i < 400; i++) {
                int from = random.nextInt(tx.bytes());
                int most = 1 + random.nextInt(Math.min(900, tx.bytes() - from));
                int bytes = tx.xmit.mostBytes(XmitFixture.START + from, most);
                assertThat(tx.send(from, bytes)).isEqualTo(Xmit.Outcome.OFFLOADED);
                tx.expectLeft(from, bytes);
            }
            assertThat(tx.driver.counter("tx_cqe_err")).isZero();
            assertThat(tx.driver.counter("tx_tls_dump_bytes")).isEqualTo(tx.driver.counter("tx_tls_resync_bytes"));
        }
    }

    @Test
    void shouldPassAPacketFromBeforeTheOffloadAsItWas() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            tx.send(0, 800);
            tx.left.clear();
            tx.posted();
            byte[] before = tx.driver.content(300);
            ByteBuf payload = tx.driver.allocator.directBuffer().writeBytes(before);
            int mapped = tx.driver.channel.regions().mapped();

            Xmit.Outcome outcome = tx.xmit.send(tx.context, XmitFixture.START - 300, 300, payload);
            payload.release();

            assertThat(outcome).isEqualTo(Xmit.Outcome.PLAIN);
            assertThat(tx.driver.channel.regions().mapped()).as("given back").isEqualTo(mapped);
            assertThat(tx.posted()).containsExactly("SEND");
            assertThat(tx.left).hasSize(1);
            assertThat(tx.left.getFirst().offset()).isEqualTo(-300);
            assertThat(tx.left.getFirst().payload()).isEqualTo(before);
            assertThat(tx.driver.counter("tx_tls_skip_no_sync_data")).isEqualTo(1);
            assertThat(tx.driver.counter("tx_tls_drop_no_sync_data")).isZero();
            assertThat(tx.driver.counter("tx_tls_encrypted_bytes")).isEqualTo(800);
            assertThat(tx.driver.counter("tx_cqe_err")).isZero();
            tx.left.clear();
            tx.send(800, 800);
            assertThat(tx.posted()).as("the context stands where it stood").containsExactly("SEND");
            tx.expectLeft(800, 800);
        }
    }

    /** A packet in plaintext, of which only the records know: there is nothing else that could be sent. */
    @Test
    void shouldDropAPacketFromBeforeTheOffloadThatNobodyHas() {
        try (XmitFixture tx = XmitFixture.sent()) {
            assertThat(tx.send(-300, 300)).isEqualTo(Xmit.Outcome.DROPPED);
            assertThat(tx.left).isEmpty();
            assertThat(tx.posted()).isEmpty();
        }
    }

    @Test
    void shouldDropAPacketOnBothSidesOfTheOffloadsStart() {
        try (XmitFixture tx = XmitFixture.sent()) {
            for (int before = 1; before < 100; before += 7) {
                assertThat(tx.send(-before, 100)).as("%d before", before).isEqualTo(Xmit.Outcome.DROPPED);
            }

            assertThat(tx.left).isEmpty();
            assertThat(tx.posted()).isEmpty();
            assertThat(tx.driver.counter("tx_tls_drop_bypass_req")).isEqualTo(15);
            assertThat(tx.driver.counter("tx_tls_drop_no_sync_data")).isEqualTo(15);
            assertThat(tx.driver.counter("tx_tls_ooo")).isEqualTo(15);
        }
    }

    @Test
    void shouldDropAPacketWhoseRecordIsAcknowledgedAndForgotten() {
        try (XmitFixture tx = XmitFixture.sent()) {
            tx.records.onAck(XmitFixture.START + RECORD);

            assertThat(tx.send(RECORD - 100, 50)).isEqualTo(Xmit.Outcome.DROPPED);
            assertThat(tx.send(RECORD - 100, 200))
                    .as("and of which only the end is known")
                    .isEqualTo(Xmit.Outcome.DROPPED);
            assertThat(tx.send(-200, 100)).as("the marker is gone").isEqualTo(Xmit.Outcome.DROPPED);

            assertThat(tx.left).isEmpty();
            assertThat(tx.driver.counter("tx_tls_drop_no_sync_data")).isEqualTo(3);
            assertThat(tx.driver.counter("tx_tls_skip_no_sync_data")).isZero();
            assertThat(tx.send(RECORD, 100)).isEqualTo(Xmit.Outcome.OFFLOADED);
            tx.expectLeft(RECORD, 100);
        }
    }

    @Test
    void shouldDropWhatNoRecordIsKnownForYet() {
        try (XmitFixture tx = XmitFixture.sent()) {
            assertThat(tx.send(tx.bytes() + 10, 100)).isEqualTo(Xmit.Outcome.DROPPED);
            assertThat(tx.driver.counter("tx_tls_drop_no_sync_data")).isEqualTo(1);
            assertThat(tx.left).isEmpty();
        }
    }

    @Test
    void shouldDropAPacketOfWhichTheEndHasNoRecord() {
        try (XmitFixture tx = XmitFixture.threeRecords()) {
            assertThat(tx.send(0, tx.bytes() + 1)).as("in order").isEqualTo(Xmit.Outcome.DROPPED);
            assertThat(tx.posted()).isEmpty();
            tx.send(0, tx.bytes());
            tx.posted();
            tx.left.clear();

            assertThat(tx.send(tx.bytes() - 100, 101)).as("out of order").isEqualTo(Xmit.Outcome.DROPPED);

            assertThat(tx.posted()).isEmpty();
            assertThat(tx.left).isEmpty();
            assertThat(tx.driver.counter("tx_tls_drop_no_sync_data")).isEqualTo(2);
        }
    }

    /**
     * A WQE has 63 octowords at most: one is for control, five for the headers, one for the egress, and 56 for records.
     */
    @Test
    void shouldSendAtOnceOnlyWhatAWqeHasRoomFor() {
        int record = 5 + 1 + 1 + 16;
        try (XmitFixture tx = new XmitFixture(TLS_1_3)) {
            for (int i = 0; i < 100; i++) {
                tx.add(1);
            }
            int all = tx.bytes();

            assertThat(tx.xmit.mostBytes(XmitFixture.START, all)).isEqualTo(56 * record);
            assertThat(tx.xmit.mostBytes(XmitFixture.START + 3, all - 3)).isEqualTo(56 * record - 3);
            assertThat(tx.xmit.mostBytes(XmitFixture.START, 56 * record + 1)).isEqualTo(56 * record);
            assertThat(tx.xmit.mostBytes(XmitFixture.START + 50, 40)).isEqualTo(40);
            assertThat(tx.xmit.mostBytes(XmitFixture.START - 10, 5))
                    .as("is for the send to refuse")
                    .isEqualTo(5);
            assertThat(tx.xmit.mostBytes(XmitFixture.START + all, 7))
                    .as("is for the send to refuse")
                    .isEqualTo(7);
            assertThat(tx.send(0, 56 * record)).isEqualTo(Xmit.Outcome.OFFLOADED);
            tx.expectLeft(0, 1_000, 1_000, 56 * record - 1_000);
        }
    }

    private static void expectCounters(XmitFixture tx, int outOfOrder, int dumps, int dumpBytes, int resyncBytes) {
        assertThat(tx.driver.counter("tx_tls_ooo")).isEqualTo(outOfOrder);
        assertThat(tx.driver.counter("tx_tls_dump_packets")).isEqualTo(dumps);
        assertThat(tx.driver.counter("tx_tls_dump_bytes")).isEqualTo(dumpBytes);
        assertThat(tx.driver.counter("tx_tls_resync_bytes")).isEqualTo(resyncBytes);
        assertThat(tx.driver.counter("tx_tls_drop_no_sync_data")).isZero();
        assertThat(tx.driver.counter("tx_tls_skip_no_sync_data")).isZero();
        assertThat(tx.driver.counter("tx_cqe_err")).isZero();
    }
}
