package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.tck.ReferenceRecords;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Two contexts with one key: each has the state of its own record. */
class SharedKeyTest extends SendQueueFixture {
    @Test
    void shouldKeepTheStateOfARecordWithItsContextAndNotWithTheKey() {
        byte[] expected = new ReferenceRecords(keys).seal(23, CONTENT);
        int one = tis;
        int other = nic.tises().create(0);
        int cut = RECORD_BYTES / 2;
        postParams();
        tis = other;
        postParams();
        postFence();
        lastCompletion(5);

        byte[] wireOfOne = send(one, 0, cut);
        byte[] wireOfOther = send(other, 0, cut + 7);
        byte[] restOfOne = send(one, cut, RECORD_BYTES);
        byte[] restOfOther = send(other, cut + 7, RECORD_BYTES);

        assertThat(ReferenceRecords.concat(wireOfOne, restOfOne)).isEqualTo(expected);
        assertThat(ReferenceRecords.concat(wireOfOther, restOfOther)).isEqualTo(expected);
    }

    private byte[] send(int from, int fromByte, int toByte) {
        tis = from;
        wire.setZero(0, wire.capacity());
        postPart(SEQUENCE + fromByte, toByte - fromByte, fromByte, toByte - fromByte);
        int cqe = lastCompletion(1);
        assertThat(Cqe.opcode(queues.sendCompletions().memory(), cqe)).isEqualTo(Cqe.REQUEST);
        return Arrays.copyOf(wireBytes(wire.capacity()), toByte - fromByte);
    }
}
