package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.tck.ReferenceRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Packets of flows that are not offloaded, beside those that are: no TIS in the WQE, no cipher, no sequence to keep.
 */
class PlainSendTest extends SendQueueFixture {
    /** Sequences from here on are those of a flow that is not offloaded. */
    private static final int PLAIN = 1_000_000_000;

    @Test
    void shouldLetAPacketWithoutATisLeaveAsItIs() {
        tis = 0;
        for (int sequence : new int[] {SEQUENCE, 77, SEQUENCE}) {
            wire.setZero(0, wire.capacity());
            postSend(sequence, 0, 10, 10, RECORD_BYTES - 10);

            int cqe = lastCompletion(1);

            assertThat(Cqe.opcode(queues.sendCompletions().memory(), cqe)).isEqualTo(Cqe.REQUEST);
            assertThat(Cqe.byteCount(queues.sendCompletions().memory(), cqe)).isEqualTo(RECORD_BYTES);
            assertThat(wireBytes(RECORD_BYTES)).isEqualTo(ByteBufUtil.getBytes(plaintext, 0, RECORD_BYTES));
        }
    }

    @Test
    void shouldMoveNoContext() {
        int offloaded = tis;
        postParams();
        postFence();
        tis = 0;
        postSend(SEQUENCE, 0, RECORD_BYTES);
        tis = offloaded;
        postSend(SEQUENCE, 0, RECORD_BYTES);
        lastCompletion(5);

        assertThat(wireBytes(RECORD_BYTES)).isEqualTo(new ReferenceRecords(keys).seal(23, CONTENT));
        assertThat(context().nextTcpSequence()).isEqualTo(SEQUENCE + RECORD_BYTES);
    }

    /**
     * However much the other flows ask of the device, and however much of it goes wrong, plain packets go on in order.
     */
    @Test
    void shouldLetPlainPacketsLeaveInOrderUnderLoadAndWhateverFailsBesideThem() {
        Random random = new Random(4);
        int offloaded = tis;
        List<Integer> left = new ArrayList<>();
        List<Integer> sent = new ArrayList<>();
        queues.port((header, headerBytes, payload, index, bytes) -> {
            int sequence = PacketHeader.tcpSequence(header, 0);
            if (sequence >= PLAIN) {
                assertThat(ByteBufUtil.getBytes(payload, index, bytes))
                        .isEqualTo(ByteBufUtil.getBytes(plaintext, 0, bytes));
                left.add(sequence);
            }
        });
        for (int i = 0; i < 2_000; i++) {
            if (random.nextInt(3) == 0) {
                tis = 0;
                sent.add(PLAIN + i);
                postSend(PLAIN + i, 0, RECORD_BYTES);
            } else {
                tis = offloaded;
                switch (random.nextInt(4)) {
                    case 0 -> {
                        postParams();
                        postFence();
                    }
                    case 1 -> failOffloaded();
                    case 2 -> postSend(random.nextInt(PLAIN), 0, 1 + random.nextInt(RECORD_BYTES));
                    default -> postSend(SEQUENCE, 0, RECORD_BYTES);
                }
            }
            while (queues.sendCompletions().poll() != CompletionQueue.EMPTY) {
                // Whatever became of it.
            }
        }

        assertThat(left).hasSizeGreaterThan(500).isEqualTo(sent);
    }

    private void failOffloaded() {
        queues.failNextSend();
        postSend(SEQUENCE, 0, RECORD_BYTES);
    }

    @Test
    void shouldFailAPacketThatIsNotAsLongAsItSays() {
        tis = 0;
        postSend(SEQUENCE, 0, RECORD_BYTES - 1);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        postSend(SEQUENCE, 0, RECORD_BYTES, 0, 1);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
    }
}
