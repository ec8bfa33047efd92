package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.ProgressParams;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.PsvWqe;
import io.offramp.offload.device.hardware.queue.Syndrome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GET_PSV: what the device says of a context, and where it writes that. */
class GetPsvTest {
    private static final int AT = 8;

    private final Nic nic = new Nic(new NicLimits(2, 2, 2), AeadEngines.best());
    private final QueueSet queues = nic.createQueues(1);
    private final ByteBuf host = Unpooled.directBuffer(100, 100).setZero(0, 100);
    private final int hostKey = queues.regions().map(host);
    private final int tir = nic.tirs().create(0);
    private int posted;

    @AfterEach
    void close() {
        queues.close();
        nic.deks().close();
        host.release();
    }

    @Test
    void shouldWriteTheNumberOfTheContextAndItsProgressInAUnitOf64Bytes() {
        host.setBytes(0, new byte[100]).setByte(AT - 1, 7).setByte(AT + PsvWqe.WRITE_BYTES, 7);
        for (int i = 0; i < PsvWqe.WRITE_BYTES; i++) {
            host.setByte(AT + i, 0xee);
        }
        TlsContext context = nic.tirs().get(tir);
        assertThat(context).isNotNull();
        context.ask(0x0102_0304);
        context.advance(0x0102_0404);

        int cqe = post(tir, AT);

        assertThat(Cqe.opcode(queues.controlCompletions().memory(), cqe)).isEqualTo(Cqe.REQUEST);
        int params = AT + PsvWqe.PROGRESS_PARAMS;
        assertThat(host.getInt(AT)).isEqualTo(tir);
        assertThat(ProgressParams.nextRecordTcpSequence(host, params)).isEqualTo(0x0102_0404);
        assertThat(ProgressParams.resyncTcpSequence(host, params)).isEqualTo(0x0102_0304);
        assertThat(ProgressParams.tracker(host, params)).isEqualTo(TrackerState.TRACKING);
        assertThat(ProgressParams.auth(host, params)).isEqualTo(AuthState.NO_OFFLOAD);
        for (int i = PsvWqe.PROGRESS_PARAMS + ProgressParams.BYTES; i < PsvWqe.WRITE_BYTES; i++) {
            assertThat(host.getByte(AT + i)).as("byte %d", i).isZero();
        }
        assertThat(host.getByte(AT - 1)).as("what lies before").isEqualTo((byte) 7);
        assertThat(host.getByte(AT + PsvWqe.WRITE_BYTES)).as("what lies behind").isEqualTo((byte) 7);
    }

    @Test
    void shouldFailWithoutAContext() {
        expectError(post(tir + 1, AT), Syndrome.NO_CONTEXT);
        assertThat(host.getLong(AT)).isZero();
    }

    @Test
    void shouldFailWithoutRoomForAWholeUnit() {
        expectError(post(tir, host.capacity() - PsvWqe.WRITE_BYTES + 1), Syndrome.MALFORMED);
        assertThat(host.getLong(AT)).isZero();
    }

    private int post(int context, int address) {
        ByteBuf ring = queues.controlQueue().memory();
        int at = queues.controlQueue().offset(posted);
        ControlSegment.write(
                ring,
                at,
                Opcode.GET_PSV,
                Opcode.MODIFIER_TIR,
                posted,
                queues.controlQueue().number(),
                PsvWqe.OCTOWORDS,
                ControlSegment.CQ_UPDATE,
                0);
        PsvWqe.write(ring, at, context, hostKey, address);
        posted += PsvWqe.BLOCKS;
        queues.ringControl(posted);
        return queues.controlCompletions().poll();
    }

    private void expectError(int cqe, int vendor) {
        ByteBuf memory = queues.controlCompletions().memory();
        assertThat(Cqe.opcode(memory, cqe)).isEqualTo(Cqe.REQUEST_ERROR);
        assertThat(Cqe.vendorSyndrome(memory, cqe)).isEqualTo(vendor);
    }
}
