package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.tck.ReferenceRecords;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** DUMP: one block, the TIS in its control segment, one data segment; what it feeds to the cipher is never sent. */
class DumpTest extends SendQueueFixture {
    private static final int OCTOWORDS = 2;

    /** A send may begin anywhere in a record, once what lies before it has been dumped, in however many pieces. */
    @Test
    void shouldBringTheCipherToAnyPlaceInARecordAndLetNothingOut() {
        byte[] expected = new ReferenceRecords(keys).seal(23, CONTENT);
        for (int cut = 1; cut < RECORD_BYTES; cut++) {
            wire.setZero(0, wire.capacity());
            postParams();
            postFence();
            int half = Math.max(1, cut / 2);
            postDump(0, half);
            if (half < cut) {
                postDump(half, cut - half);
            }
            int dump = lastCompletion(half < cut ? 5 : 4);
            assertThat(Cqe.opcode(queues.sendCompletions().memory(), dump)).isEqualTo(Cqe.REQUEST);
            assertThat(Cqe.byteCount(queues.sendCompletions().memory(), dump))
                    .isEqualTo(half < cut ? cut - half : half);
            assertThat(ByteBufUtil.getBytes(wire, 0, wire.capacity()))
                    .as("nothing is let out")
                    .containsOnly(0);

            postPart(SEQUENCE + cut, RECORD_BYTES - cut, cut, RECORD_BYTES - cut);

            assertThat(Cqe.byteCount(queues.sendCompletions().memory(), lastCompletion(1)))
                    .isEqualTo(RECORD_BYTES - cut);
            assertThat(wireBytes(RECORD_BYTES - cut))
                    .as("from %d", cut)
                    .isEqualTo(Arrays.copyOfRange(expected, cut, RECORD_BYTES));
        }
    }

    @Test
    void shouldFailWithoutAContextWithoutAFenceAndOutsideOfItsMemory() {
        postDump(0, 10);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);

        postParams();
        postDump(0, 10);
        expectError(lastCompletion(3), Syndrome.QUEUE_OPERATION, Syndrome.NOT_FENCED);

        postFence();
        postDump(0, 10);
        expectError(lastCompletion(2), Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);

        postParams();
        postFence();
        postDump(plaintext.capacity() - 5, 10);
        expectError(lastCompletion(4), Syndrome.PROTECTION, Syndrome.NONE);
        assertThat(context().tracker()).as("where it stands is unknown").isEqualTo(TrackerState.SEARCHING);
    }

    @Test
    void shouldFailWhereItsBytesAreNoRecord() {
        plaintext.setShort(1, 0x0301);
        postParams();
        postFence();
        postDump(0, 10);

        expectError(lastCompletion(4), Syndrome.QUEUE_OPERATION, Syndrome.FRAMING);
        postSend(SEQUENCE, 0, RECORD_BYTES);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);
    }

    private void postDump(int address, int bytes) {
        control(Opcode.DUMP, 0, OCTOWORDS, 0);
        DataSegment.write(ring, at() + ControlSegment.BYTES, bytes, plaintextKey, address);
        post(1);
    }
}
