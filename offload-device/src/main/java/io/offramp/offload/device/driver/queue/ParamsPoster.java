package io.offramp.offload.device.driver.queue;

import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.ProgressParams;
import io.offramp.offload.device.hardware.context.StaticParams;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.key.TrafficKeys;
import org.jspecify.annotations.Nullable;

/** Posts the WQEs that program a context. */
public final class ParamsPoster {
    private ParamsPoster() {}

    /**
     * Posts static params: key, IV and the number of a record.
     *
     * @param modifier {@link Opcode#MODIFIER_TIS} or {@link Opcode#MODIFIER_TIR}
     * @param recordNumber of the next record; with a {@code resyncSequence} that of the record there
     * @param resyncSequence where the device asked for a record's number, in an answer to that; else 0
     * @param flags {@link ControlSegment#FENCE} or 0
     */
    public static void postStatic(
            SendRing ring,
            int modifier,
            int tisTir,
            TrafficKeys keys,
            int dek,
            long recordNumber,
            int resyncSequence,
            int flags,
            @Nullable CompletionHandler handler) {
        int at = ring.reserve(ParamsWqe.STATIC_BLOCKS);
        ring.writeControl(at, Opcode.UMR, modifier, ParamsWqe.STATIC_OCTOWORDS, flags, tisTir);
        ParamsWqe.writeUmr(ring.memory(), at);
        StaticParams.write(
                ring.memory(),
                at + ParamsWqe.STATIC_PARAMS,
                keys.version(),
                recordNumber,
                resyncSequence,
                keys.nonceHead(),
                keys.nonceTailMask(),
                dek);
        ring.post(ParamsWqe.STATIC_BLOCKS, handler);
    }

    /** Posts progress params, fenced: where the next record starts. */
    public static void postProgress(
            SendRing ring, int modifier, int tisTir, int nextRecordTcpSequence, @Nullable CompletionHandler handler) {
        int at = ring.reserve(ParamsWqe.PROGRESS_BLOCKS);
        ring.writeControl(at, Opcode.SET_PSV, modifier, ParamsWqe.PROGRESS_OCTOWORDS, ControlSegment.FENCE, tisTir);
        ParamsWqe.writeProgressContext(ring.memory(), at, tisTir);
        ProgressParams.write(
                ring.memory(),
                at + ParamsWqe.PROGRESS_PARAMS,
                nextRecordTcpSequence,
                0,
                TrackerState.START,
                AuthState.NO_OFFLOAD,
                0);
        ring.post(ParamsWqe.PROGRESS_BLOCKS, handler);
    }

    /** Posts a fence: what comes behind it finds the params in effect. */
    public static void postFence(SendRing ring) {
        ring.reserve(1);
        ring.postNop(ControlSegment.FENCE);
    }
}
