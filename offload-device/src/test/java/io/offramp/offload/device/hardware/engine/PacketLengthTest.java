package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.Syndrome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A SEND is one packet, an LSO is as many as it takes, and none of them is longer than the MTU. */
class PacketLengthTest extends SendQueueFixture {
    private static final int HEADER_BYTES = PacketHeader.IPV4_BYTES - PacketHeader.ETHERNET_BYTES;

    private final List<Integer> lengths = new ArrayList<>();
    private final List<Integer> identifications = new ArrayList<>();

    @BeforeEach
    void watch() {
        postParams();
        postFence();
        lastCompletion(3);
        queues.port((header, headerBytes, payload, index, bytes) -> {
            assertThat(Checksums.verify(header, headerBytes, payload, index, bytes))
                    .isTrue();
            lengths.add(bytes);
            identifications.add(PacketHeader.identification(header, 0));
        });
    }

    @Test
    void shouldRefuseASendThatIsLongerThanAPacket() {
        opcode = Opcode.SEND;
        nic.setMtu(HEADER_BYTES + RECORD_BYTES - 1);

        postSend(SEQUENCE, 0, RECORD_BYTES);

        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.TOO_LONG);
        assertThat(lengths).isEmpty();
        assertThat(wireBytes(RECORD_BYTES)).as("nothing was made").containsOnly(0);
    }

    @Test
    void shouldLetASendLeaveThatIsJustAPacket() {
        opcode = Opcode.SEND;
        nic.setMtu(HEADER_BYTES + RECORD_BYTES);

        postSend(SEQUENCE, 0, RECORD_BYTES);

        assertThat(Cqe.opcode(queues.sendCompletions().memory(), lastCompletion(1)))
                .isEqualTo(Cqe.REQUEST);
        assertThat(lengths).containsExactly(RECORD_BYTES);
    }

    @Test
    void shouldCutALargeSendAtItsMss() {
        mss = 30;
        nic.setMtu(HEADER_BYTES + 30);

        postSend(SEQUENCE, 0, RECORD_BYTES);

        lastCompletion(1);
        assertThat(lengths).containsExactly(30, 30, RECORD_BYTES - 60);
        assertThat(identifications).containsExactly(0, 1, 2);
    }

    @Test
    void shouldRefuseALargeSendWhoseMssDoesNotFit() {
        mss = 31;
        nic.setMtu(HEADER_BYTES + 30);

        postSend(SEQUENCE, 0, RECORD_BYTES);

        expectError(lastCompletion(1), Syndrome.QUEUE_OPERATION, Syndrome.TOO_LONG);
        assertThat(lengths).isEmpty();
    }
}
