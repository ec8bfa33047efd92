package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.hardware.context.ProgressParams;
import io.offramp.offload.device.hardware.context.StaticParams;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.EthernetSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.queue.PsvWqe;
import io.offramp.offload.device.hardware.queue.Syndrome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** WQEs, CQEs and contexts as text, one line each, in the words of mlx5. Never a key. */
final class Narrator {
    private Narrator() {}

    /** Appends a WQE. */
    static void appendWqe(StringBuilder out, ByteBuf ring, int at) {
        out.append("WQE ").append(ControlSegment.wqeIndex(ring, at)).append(' ');
        int number = ControlSegment.tisTir(ring, at);
        switch (ControlSegment.opcode(ring, at)) {
            case Opcode.NOP -> out.append("NOP");
            case Opcode.UMR -> {
                out.append("UMR ").append(object(ring, at)).append('=').append(number);
                appendStatic(out, ring, at + ParamsWqe.STATIC_PARAMS);
            }
            case Opcode.SET_PSV ->
                out.append("SET_PSV ")
                        .append(object(ring, at))
                        .append('=')
                        .append(ParamsWqe.progressContext(ring, at))
                        .append(" progress params: next_record_tcp_sn=")
                        .append(unsigned(ProgressParams.nextRecordTcpSequence(ring, at + ParamsWqe.PROGRESS_PARAMS)));
            case Opcode.GET_PSV -> out.append("GET_PSV tir=").append(PsvWqe.context(ring, at));
            case Opcode.DUMP ->
                out.append("DUMP tis=")
                        .append(number)
                        .append(" bytes=")
                        .append(DataSegment.byteCount(ring, at + ControlSegment.BYTES));
            case Opcode.SEND -> out.append("SEND tis=").append(number);
            case Opcode.LSO ->
                out.append("LSO tis=")
                        .append(number)
                        .append(" mss=")
                        .append(EthernetSegment.mss(ring, at + ControlSegment.BYTES));
            default -> out.append("opcode ").append(ControlSegment.opcode(ring, at));
        }
        out.append(" qpn=").append(ControlSegment.queueNumber(ring, at));
        out.append(" ds=").append(ControlSegment.octowords(ring, at));
        out.append(ControlSegment.isFenced(ring, at) ? " fence\n" : "\n");
    }

    private static void appendStatic(StringBuilder out, ByteBuf ring, int params) {
        out.append(" static params: TLS ")
                .append(StaticParams.version(ring, params).label());
        out.append(" initial_record_number=").append(StaticParams.initialRecordNumber(ring, params));
        out.append(" resync_tcp_sn=").append(unsigned(StaticParams.resyncTcpSequence(ring, params)));
        out.append(" dek_index=").append(StaticParams.dekIndex(ring, params));
    }

    private static String object(ByteBuf ring, int at) {
        return ControlSegment.modifier(ring, at) == Opcode.MODIFIER_TIR ? "tir" : "tis";
    }

    /** Appends the completion of a WQE. */
    static void appendCompletion(StringBuilder out, int bytes, int syndrome, int vendorSyndrome) {
        if (syndrome == 0) {
            out.append("CQE REQ byte_cnt=").append(bytes).append('\n');
        } else {
            out.append("CQE REQ_ERR ")
                    .append(Syndrome.describe(syndrome, vendorSyndrome))
                    .append('\n');
        }
    }

    /** Appends the state of a context, if there is one. */
    static void appendContext(StringBuilder out, String name, @Nullable TlsContext context) {
        if (context == null) {
            return;
        }
        out.append(name).append(": ");
        if (context.tracker() == null) {
            out.append("not programmed\n");
            return;
        }
        out.append(String.valueOf(context.tracker()).toLowerCase(Locale.ROOT))
                .append(", ")
                .append(context.auth().name().toLowerCase(Locale.ROOT))
                .append(", next_record_tcp_sn=")
                .append(unsigned(context.nextTcpSequence()))
                .append(" record=")
                .append(context.recordNumber())
                .append(" offset=")
                .append(context.cursor().offset())
                .append('\n');
    }

    static String unsigned(int sequence) {
        return Integer.toUnsignedString(sequence);
    }
}
