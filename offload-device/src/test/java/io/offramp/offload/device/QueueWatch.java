package io.offramp.offload.device;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.context.StaticParams;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.key.Dek;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.queue.PsvWqe;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks into the queues: whatever waits there must find the very objects that it was posted for. */
final class QueueWatch {
    private final Nic nic;
    private Map<Long, TlsContext> named = new HashMap<>();

    QueueWatch(Nic nic) {
        this.nic = nic;
    }

    /** What is wrong with what waits, or null. To be called after each step: what is new was posted in it. */
    @Nullable
    String look(QueueSet queues, FlowKey flow) {
        Map<Long, TlsContext> stillNamed = new HashMap<>();
        String wrong = look(queues.sendQueue(), stillNamed);
        wrong = wrong == null ? look(queues.controlQueue(), stillNamed) : wrong;
        named = stillNamed;
        int tir = nic.steering().tableOf(flow).lookup(flow);
        return wrong == null
                        && tir != ContextTable.NONE
                        && tir < queues.plainTirs().indirect()
                        && nic.tirs().get(tir) == null
                ? "the rule outlives tir=" + tir
                : wrong;
    }

    private @Nullable String look(WorkQueue queue, Map<Long, TlsContext> stillNamed) {
        ByteBuf ring = queue.memory();
        int end = queue.consumer() + queue.waiting();
        int blocks;
        for (int index = queue.consumer(); index != end; index += blocks) {
            int at = queue.offset(index);
            int bytes = ControlSegment.octowords(ring, at) * ControlSegment.OCTOWORD_BYTES;
            blocks = Math.ceilDiv(bytes, WorkQueue.BLOCK_BYTES);
            int opcode = ControlSegment.opcode(ring, at);
            if (opcode == Opcode.NOP) {
                continue;
            }
            String what = "WQE opcode=0x" + Integer.toHexString(opcode) + " of queue " + queue.number();
            int number = switch (opcode) {
                case Opcode.SET_PSV -> ParamsWqe.progressContext(ring, at);
                case Opcode.GET_PSV -> PsvWqe.context(ring, at);
                default -> ControlSegment.tisTir(ring, at);
            };
            boolean isTir = ControlSegment.modifier(ring, at) == Opcode.MODIFIER_TIR;
            TlsContext now = (isTir ? nic.tirs() : nic.tises()).get(number);
            long key = (long) queue.number() << 32 | Integer.toUnsignedLong(index);
            TlsContext posted = named.getOrDefault(key, now);
            if (now == null || now != posted) {
                return what + " outlives " + (isTir ? "tir=" : "tis=") + number;
            }
            stillNamed.put(key, now);
            if (opcode == Opcode.UMR) {
                int index24 = StaticParams.dekIndex(ring, at + ParamsWqe.STATIC_PARAMS);
                Dek dek = nic.deks().get(index24);
                if (dek == null || !dek.isLoaded()) {
                    return what + " outlives dek=" + index24;
                }
            }
        }
        return null;
    }
}
