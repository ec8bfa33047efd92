package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Merging;
import io.offramp.offload.device.hardware.queue.ReceiveQueue;
import io.offramp.offload.device.hardware.queue.ReceiveQueues;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which packets LRO merges, and when it stops. */
class MergerTest {
    private static final int BYTES = 1_000;

    private final ReceiveQueues queues = new ReceiveQueues(0, 3, 256, 2);
    private final PacketTemplate packets = flow(5);
    private final Merger merger = new Merger();
    private int entry;
    private int sequence = -3 * BYTES;

    MergerTest() {
        merger.merge(new Merging(true, 40_000, 1_000_000));
    }

    @AfterEach
    void close() {
        queues.close();
    }

    /** What a CQE says. */
    private record Seen(int entry, int segments, int bytes, TlsOffload tls) {}

    @Test
    void shouldReportPacketsThatFollowEachOtherAsOne() {
        for (int i = 0; i < 5; i++) {
            arrive(TlsOffload.DECRYPTED);
        }
        assertThat(seen()).as("held").isEmpty();

        arrive(
                TlsOffload.DECRYPTED,
                header -> PacketHeader.flags(header.header(), 0, PacketHeader.ACK | PacketHeader.PSH));

        assertThat(seen()).containsExactly(new Seen(0, 6, 6 * BYTES, TlsOffload.DECRYPTED));
        assertThat(merger.isOpen()).isFalse();
        assertThat(first().packets()).as("as on the wire").isEqualTo(6);
        assertThat(first().mergedPackets()).isEqualTo(1);
        assertThat(first().mergedBytes()).isEqualTo(6 * BYTES);
    }

    /** Of a merged packet, the host could not say which part is plaintext. */
    @Test
    void shouldNotMergeWhatTheDeviceHasDecryptedWithWhatItHasNot() {
        arrive(TlsOffload.NOT_DECRYPTED);
        arrive(TlsOffload.DECRYPTED);
        arrive(TlsOffload.DECRYPTED);
        arrive(TlsOffload.RESYNC);
        arrive(TlsOffload.ERROR);
        arrive(TlsOffload.NOT_DECRYPTED);
        merger.close();

        assertThat(seen())
                .containsExactly(
                        new Seen(0, 1, BYTES, TlsOffload.NOT_DECRYPTED),
                        new Seen(1, 2, 2 * BYTES, TlsOffload.DECRYPTED),
                        new Seen(3, 1, BYTES, TlsOffload.RESYNC),
                        new Seen(4, 1, BYTES, TlsOffload.ERROR),
                        new Seen(5, 1, BYTES, TlsOffload.NOT_DECRYPTED));
    }

    @Test
    void shouldStopAtItsSizeAndAtThirtyTwoPackets() {
        merger.merge(new Merging(true, 3 * BYTES + 999, 1_000_000));
        for (int i = 0; i < 7; i++) {
            arrive(TlsOffload.DECRYPTED);
        }
        merger.close();
        assertThat(seen()).extracting(Seen::segments).containsExactly(3, 3, 1);

        merger.merge(new Merging(true, 65_000, 1_000_000));
        for (int i = 0; i < 40; i++) {
            arrive(TlsOffload.DECRYPTED);
        }
        merger.close();
        assertThat(seen()).extracting(Seen::segments).containsExactly(32, 8);
    }

    @Test
    void shouldStopWhenItsTimeIsOver() {
        arrive(TlsOffload.DECRYPTED);
        long now = System.nanoTime();

        assertThat(merger.closeIfDue(now - 1_000_000)).isFalse();
        assertThat(merger.nsToDue(now)).isBetween(0L, 1_000_000L);
        assertThat(merger.closeIfDue(now + 1_000_000)).isTrue();

        assertThat(seen()).hasSize(1);
        assertThat(merger.nsToDue(now)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldNotMergeAcrossAGapOrWhatComesAgain() {
        arrive(TlsOffload.DECRYPTED);
        sequence += 10;
        arrive(TlsOffload.DECRYPTED);
        sequence -= BYTES;
        arrive(TlsOffload.DECRYPTED);
        merger.close();

        assertThat(seen()).extracting(Seen::segments).containsExactly(1, 1, 1);
    }

    @Test
    void shouldNotMergeWhatGoesBackInTimeOrAcknowledgesLess() {
        arrive(TlsOffload.DECRYPTED, packet -> PacketHeader.timestamps(packet.header(), 0, 100, 7));
        arrive(TlsOffload.DECRYPTED, packet -> PacketHeader.timestamps(packet.header(), 0, 101, 7));
        arrive(TlsOffload.DECRYPTED, packet -> PacketHeader.timestamps(packet.header(), 0, 99, 7));
        arrive(TlsOffload.DECRYPTED, packet -> {
            PacketHeader.timestamps(packet.header(), 0, 99, 7);
            PacketHeader.acknowledgment(packet.header(), 0, -1);
        });
        merger.close();

        assertThat(seen()).extracting(Seen::segments).containsExactly(2, 1, 1);
    }

    @Test
    void shouldNotMergeFlagsDamagedPacketsOtherFlowsOrOtherQueues() {
        arrive(TlsOffload.DECRYPTED);
        arrive(
                TlsOffload.DECRYPTED,
                packet -> PacketHeader.flags(packet.header(), 0, PacketHeader.ACK | PacketHeader.FIN));
        arrive(TlsOffload.DECRYPTED);
        arrive(packets, queues.all().getFirst(), TlsOffload.DECRYPTED, false);
        arrive(TlsOffload.DECRYPTED);
        arrive(flow(6), queues.all().getFirst(), TlsOffload.DECRYPTED, true);
        arrive(flow(6), queues.all().get(1), TlsOffload.DECRYPTED, true);
        merger.close();

        assertThat(seen()).extracting(Seen::entry).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(queues.all().get(1).completions().poll()).isNotEqualTo(CompletionQueue.EMPTY);
    }

    @Test
    void shouldMergeNothingUnlessAskedTo() {
        merger.merge(Merging.NONE);
        arrive(TlsOffload.DECRYPTED);
        arrive(TlsOffload.DECRYPTED);

        assertThat(seen()).extracting(Seen::segments).containsExactly(1, 1);
    }

    private ReceiveQueue first() {
        return queues.all().getFirst();
    }

    private void arrive(TlsOffload result) {
        arrive(packets, first(), result, true);
    }

    private void arrive(TlsOffload result, Consumer<PacketTemplate> change) {
        packets.next(sequence, BYTES, 1);
        PacketHeader.flags(packets.header(), 0, PacketHeader.ACK);
        change.accept(packets);
        merger.onPacket(first(), packets.header(), packets.flow(), entry++, BYTES, true, result);
        sequence += BYTES;
    }

    private void arrive(PacketTemplate flow, ReceiveQueue queue, TlsOffload result, boolean isIntact) {
        flow.next(sequence, BYTES, 1);
        PacketHeader.flags(flow.header(), 0, PacketHeader.ACK);
        merger.onPacket(queue, flow.header(), flow.flow(), entry++, BYTES, isIntact, result);
        sequence += BYTES;
    }

    private List<Seen> seen() {
        CompletionQueue completions = first().completions();
        List<Seen> seen = new ArrayList<>();
        for (int at = completions.poll(); at != CompletionQueue.EMPTY; at = completions.poll()) {
            seen.add(new Seen(
                    Cqe.wqeCounter(completions.memory(), at),
                    Cqe.segments(completions.memory(), at),
                    Cqe.byteCount(completions.memory(), at),
                    Cqe.tlsOffload(completions.memory(), at)));
        }
        return seen;
    }

    private static PacketTemplate flow(int port) {
        return new PacketTemplate(new InetSocketAddress("192.0.2.2", port), new InetSocketAddress("192.0.2.1", 443));
    }
}
