package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.ProgressParams;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import io.offramp.offload.tck.ReferenceRecords;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sending half of the hardware, fed with WQEs byte by byte as a driver would, and as none should. */
class QueueSetTest extends SendQueueFixture {
    @Test
    void shouldEncryptWhatALargeSendCarriesAndMoveItsContext() {
        postParams();
        postFence();
        postSend(SEQUENCE, 0, RECORD_BYTES);

        int cqe = lastCompletion(4);

        assertThat(Cqe.opcode(queues.sendCompletions().memory(), cqe)).isEqualTo(Cqe.REQUEST);
        assertThat(Cqe.byteCount(queues.sendCompletions().memory(), cqe)).isEqualTo(RECORD_BYTES);
        assertThat(wireBytes(RECORD_BYTES)).isEqualTo(new ReferenceRecords(keys).seal(23, CONTENT));
        assertThat(context().nextTcpSequence()).isEqualTo(SEQUENCE + RECORD_BYTES);
        assertThat(context().recordNumber()).isEqualTo(4);
        assertThat(context().tracker()).isEqualTo(TrackerState.TRACKING);
    }

    /** A doorbell says that the record has changed, no more: the next one makes good what got lost. */
    @Test
    void shouldReadHowFarToWorkFromTheDoorbellRecord() {
        queues.sendQueue().loseNextRing();
        WorkQueue queue = queues.sendQueue();
        for (int i = 0; i < 2; i++) {
            int flags = ControlSegment.CQ_UPDATE;
            ControlSegment.write(queue.memory(), queue.offset(i), Opcode.NOP, 0, i, queue.number(), 1, flags, 0);
        }
        queues.ringSend(1);
        assertThat(queues.sendCompletions().poll()).as("nobody has rung").isEqualTo(CompletionQueue.EMPTY);
        assertThat(queue.waiting()).isZero();

        queues.ringSend(2);

        assertThat(queue.consumer()).isEqualTo(2);
        assertThat(queues.sendCompletions().produced()).isEqualTo(2);
    }

    @Test
    void shouldGatherARecordFromSegmentsCutAnywhere() {
        byte[] expected = new ReferenceRecords(keys).seal(23, CONTENT);
        for (int cut = 1; cut < RECORD_BYTES; cut++) {
            postParams();
            postFence();
            postSend(SEQUENCE, 0, cut, cut, RECORD_BYTES - cut);

            lastCompletion(4);

            assertThat(wireBytes(RECORD_BYTES)).as("cut at %d", cut).isEqualTo(expected);
        }
    }

    @Test
    void shouldEmitNothingAtAnotherSequenceThanTheContexts() {
        postParams();
        postFence();
        postSend(SEQUENCE, 0, RECORD_BYTES);
        lastCompletion(4);
        wire.setZero(0, wire.capacity());

        for (int sequence : new int[] {SEQUENCE, SEQUENCE + RECORD_BYTES - 1, SEQUENCE + RECORD_BYTES + 1}) {
            postSend(sequence, 0, RECORD_BYTES);
            expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);
        }

        assertThat(context().recordNumber()).isEqualTo(4);
        postSend(SEQUENCE + RECORD_BYTES, 0, RECORD_BYTES);
        assertThat(Cqe.opcode(queues.sendCompletions().memory(), lastCompletionOf(1)))
                .isEqualTo(Cqe.REQUEST);
    }

    @Test
    void shouldEmitNothingWithoutAFenceBehindTheParams() {
        postParams();
        postSend(SEQUENCE, 0, RECORD_BYTES);

        expectError(lastCompletion(3), Syndrome.QUEUE_OPERATION, Syndrome.NOT_FENCED);
    }

    @Test
    void shouldNotWaitForParamsThatAnotherQueueHasLoaded() {
        postParams();
        postFence();
        postControlQueueParams();

        postSend(SEQUENCE, 0, RECORD_BYTES);

        int cqe = lastCompletion(4);
        assertThat(Cqe.opcode(queues.sendCompletions().memory(), cqe)).isEqualTo(Cqe.REQUEST);
        assertThat(wireBytes(RECORD_BYTES)).isEqualTo(new ReferenceRecords(keys).seal(23, CONTENT));
    }

    @Test
    void shouldEmitNothingWithoutParamsWithoutAContextOrWithoutAKey() {
        postSend(SEQUENCE, 0, RECORD_BYTES);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);

        postParams();
        postFence();
        lastCompletionOf(3);
        nic.deks().clear(0);
        postSend(SEQUENCE, 0, RECORD_BYTES);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);

        nic.tises().destroy(tis);
        postSend(SEQUENCE, 0, RECORD_BYTES);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
    }

    @Test
    void shouldEmitNothingWhenThePayloadIsShorterThanTheSendOrNotARecord() {
        for (int bytes = 1; bytes < RECORD_BYTES; bytes++) {
            postParams();
            postFence();
            postSend(SEQUENCE, 0, bytes);
            expectError(lastCompletion(4), Syndrome.QUEUE_OPERATION, Syndrome.FRAMING);
        }
        plaintext.setShort(1, 0x0301);
        postParams();
        postFence();
        postSend(SEQUENCE, 0, RECORD_BYTES);
        expectError(lastCompletion(4), Syndrome.QUEUE_OPERATION, Syndrome.FRAMING);
        postSend(SEQUENCE, 0, RECORD_BYTES);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);
        assertThat(context().tracker()).as("where it stands is unknown").isEqualTo(TrackerState.SEARCHING);
    }

    @Test
    void shouldNotReachMemoryThatIsNotMapped() {
        postParams();
        postFence();
        lastCompletionOf(3);

        postSend(SEQUENCE, plaintext.capacity() - 10, RECORD_BYTES);
        expectError(lastCompletion(1), Syndrome.PROTECTION, Syndrome.NONE);
        postParams();
        postFence();
        lastCompletionOf(3);
        queues.regions().unmap(wireKey);
        postSend(SEQUENCE, 0, RECORD_BYTES);
        expectError(lastCompletion(1), Syndrome.PROTECTION, Syndrome.NONE);
    }

    @Test
    void shouldFailWhatIsNotAWqe() {
        for (int opcode : new int[] {0x01, 0x22, 0xff}) {
            control(opcode, 0, 1, 0);
            post(1);
            expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        }
        control(Opcode.NOP, 0, 0, 0);
        post(1);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        control(Opcode.UMR, Opcode.MODIFIER_TIS, 3, 0);
        post(1);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        ControlSegment.write(
                ring, at(), Opcode.NOP, 0, producer + 1, queues.sendQueue().number(), 1, 0, 0);
        post(1);
        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
    }

    @Test
    void shouldRefuseParamsThatAreNone() {
        postParams();
        lastCompletionOf(2);
        writeStatic();
        ring.setByte(at() + ParamsWqe.STATIC_PARAMS, 0);
        post(ParamsWqe.STATIC_BLOCKS);

        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        assertThat(context().hasKey()).as("what was in effect is not any more").isFalse();
        assertThat(context().tracker()).isNull();
    }

    /**
     * What was in effect before is not any more, and half of what should be is nothing: a record would be sealed under
     * the number of another one.
     */
    @Test
    void shouldEmitNothingBehindParamsThatFailedOrWereFlushedUntilBothHaveComeAnew() {
        for (boolean isFlushed : new boolean[] {true, false}) {
            for (int failed : new int[] {0, 1}) {
                postParams();
                postFence();
                lastCompletionOf(3);
                roomFor(16);
                fail(isFlushed, failed == 0);
                postStatic();
                fail(isFlushed, failed == 1);
                postProgress();
                fail(isFlushed, false);
                postFence();
                lastCompletionOf(3);

                postSend(SEQUENCE, 0, RECORD_BYTES);
                expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
                postProgress();
                expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
                postFence();
                postSend(SEQUENCE, 0, RECORD_BYTES);
                expectError(lastCompletion(2), Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);

                postParams();
                postFence();
                postSend(SEQUENCE, 0, RECORD_BYTES);
                assertThat(Cqe.opcode(queues.sendCompletions().memory(), lastCompletion(4)))
                        .isEqualTo(Cqe.REQUEST);
            }
        }
    }

    private void fail(boolean isFlushed, boolean fails) {
        if (isFlushed) {
            nic.setUp(!fails);
        } else if (fails) {
            queues.failAfter(0);
        }
    }

    /**
     * A flushed send, or one that came before its fence, has not moved the context: what is behind it is not the first.
     */
    @Test
    void shouldEmitNothingBehindASendThatWasFlushed() {
        postParams();
        postFence();
        nic.setUp(false);
        postSend(SEQUENCE, 0, RECORD_BYTES);
        nic.setUp(true);
        postSend(SEQUENCE + RECORD_BYTES, 0, RECORD_BYTES);

        expectError(lastCompletion(5), Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);
    }

    /** Without a length to cut at there would be no end of it. */
    @Test
    void shouldRefuseALargeSendWithoutAnMss() {
        List<Integer> left = new ArrayList<>();
        queues.port((header, headerBytes, payload, index, bytes) -> left.add(bytes));
        postParams();
        postFence();
        mss = 0;
        postSend(SEQUENCE, 0, RECORD_BYTES);

        expectError(lastCompletion(4), Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        assertThat(left).isEmpty();
    }

    @Test
    void shouldFlushWhatIsPostedWhileDown() {
        postParams();
        postFence();
        lastCompletionOf(3);
        nic.setUp(false);
        postSend(SEQUENCE, 0, RECORD_BYTES);

        expectError(lastCompletion(1), Syndrome.FLUSHED, Syndrome.NONE);
    }

    @Test
    void shouldShowItsProgress() {
        postParams();
        postFence();
        postSend(SEQUENCE, 0, RECORD_BYTES);
        lastCompletion(4);
        ByteBuf params = Unpooled.buffer(ProgressParams.BYTES);

        context().storeProgress(params, 0);

        assertThat(ProgressParams.nextRecordTcpSequence(params, 0)).isEqualTo(SEQUENCE + RECORD_BYTES);
        assertThat(ProgressParams.tracker(params, 0)).isEqualTo(TrackerState.TRACKING);
        assertThat(ProgressParams.auth(params, 0)).isEqualTo(AuthState.OFFLOAD);
        assertThat(ProgressParams.recordOffset(params, 0)).isEqualTo(1);
    }
}
