package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.tck.ReferenceRecords;
import org.junit.jupiter.api.Test;

/** Packets of flows that are not offloaded, beside those that are: no TIS in the WQE, no cipher, no sequence to keep. */
class PlainSendTest extends SendQueueFixture {
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

    @Test
    void shouldFailAPacketThatIsNotAsLongAsItSays() {
        tis = 0;
        postSend(SEQUENCE, 0, RECORD_BYTES - 1);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        postSend(SEQUENCE, 0, RECORD_BYTES, 0, 1);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
    }
}
