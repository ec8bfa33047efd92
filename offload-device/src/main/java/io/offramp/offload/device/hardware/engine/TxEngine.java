package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.key.Dek;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.EthernetSegment;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;

/**
 * Encrypts what a SEND or LSO carries. The first data segment behind the Ethernet segment says where the wire is: in
 * this model the packets leave into host memory, since the host's kernel owns the real one. The others are the
 * payload, records in plaintext with space for the tag. Either every record leaves encrypted, or nothing leaves.
 */
final class TxEngine {
    private static final int TAG_BYTES = AeadSuite.TAG_BYTES;

    private final ContextTable tises;
    private final MemoryRegions regions;
    private final RecordCipher cipher;
    private final Payload payload;
    private int syndrome;
    private int vendorSyndrome;
    private long record;

    TxEngine(ContextTable tises, MemoryRegions regions, RecordCipher cipher, Payload payload) {
        this.tises = tises;
        this.regions = regions;
        this.cipher = cipher;
        this.payload = payload;
    }

    /** Syndrome of the send that gave {@code false}. */
    int syndrome() {
        return syndrome;
    }

    /** Vendor syndrome of the send that gave {@code false}. */
    int vendorSyndrome() {
        return vendorSyndrome;
    }

    /**
     * Works on one WQE.
     *
     * @param at its offset in the ring
     * @return payload bytes that left, or -1 if it failed: then nothing has left and the context has not moved
     */
    int send(ByteBuf ring, int at) {
        int ethernet = at + ControlSegment.BYTES;
        int wqeEnd = at + ControlSegment.octowords(ring, at) * ControlSegment.OCTOWORD_BYTES;
        int headerBytes = EthernetSegment.headerBytes(ring, ethernet);
        int wireSegment = ethernet + EthernetSegment.octowords(headerBytes) * ControlSegment.OCTOWORD_BYTES;
        int header = ethernet + EthernetSegment.INLINE_HEADER;
        if (wireSegment + DataSegment.BYTES > wqeEnd || !PacketHeader.isValid(ring, header, headerBytes)) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        }
        TlsContext context = tises.get(ControlSegment.tisTir(ring, at));
        if (context == null || context.tracker() == null) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
        }
        int sequence = PacketHeader.tcpSequence(ring, header, headerBytes);
        boolean isExpected = context.tracker() == TrackerState.START
                || context.tracker() == TrackerState.TRACKING && context.nextTcpSequence() == sequence;
        if (!isExpected) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);
        }
        payload.start(ring, wireSegment + DataSegment.BYTES, wqeEnd);
        int sent = sendTo(context, ring, wireSegment);
        if (sent >= 0) {
            context.advance(sequence + sent, record);
        }
        return sent;
    }

    private int sendTo(TlsContext context, ByteBuf ring, int wireSegment) {
        Dek dek = context.dek();
        Sealer sealer = dek == null ? null : dek.sealer();
        if (sealer == null) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
        }
        int wireBytes = DataSegment.byteCount(ring, wireSegment);
        long address = DataSegment.address(ring, wireSegment);
        ByteBuf wire = regions.resolve(DataSegment.lkey(ring, wireSegment), address, wireBytes);
        if (wire == null) {
            return fail(Syndrome.PROTECTION, Syndrome.NONE);
        }
        record = context.recordNumber();
        int from = (int) address;
        int at = from;
        int end = from + wireBytes;
        while (payload.hasMore()) {
            int recordBytes = sealRecord(context, sealer, wire, at, end);
            if (recordBytes < 0) {
                return recordBytes;
            }
            at += recordBytes;
            record++;
        }
        return payload.isBroken() ? fail(Syndrome.PROTECTION, Syndrome.NONE) : at - from;
    }

    private int sealRecord(TlsContext context, Sealer sealer, ByteBuf wire, int at, int end) {
        RecordFormat format = context.format();
        int prefix = format.prefixBytes();
        if (end - at < format.overheadBytes() || !payload.copyTo(wire, at, prefix)) {
            return failInPayload();
        }
        int fragment = RecordCipher.fragmentBytes(format, wire, at);
        if (fragment < 0 || RecordFormat.HEADER_BYTES + fragment > end - at) {
            return failInPayload();
        }
        int content = fragment - format.minFragmentBytes();
        ByteBuf in = wire;
        int inIndex = at + prefix;
        if (payload.isContiguous(content)) {
            in = payload.segment();
            inIndex = payload.index();
            payload.skip(content);
        } else if (!payload.copyTo(wire, inIndex, content)) {
            return failInPayload();
        }
        int trailer = format.typeBytes() == 0 ? Sealer.NO_TRAILER : payload.readByte();
        if (format.typeBytes() != 0 && trailer < 0 || !payload.skip(TAG_BYTES)) {
            return failInPayload();
        }
        cipher.seal(context, sealer, record, in, inIndex, content, trailer, wire, at);
        return RecordFormat.HEADER_BYTES + fragment;
    }

    private int failInPayload() {
        return payload.isBroken()
                ? fail(Syndrome.PROTECTION, Syndrome.NONE)
                : fail(Syndrome.QUEUE_OPERATION, Syndrome.FRAMING);
    }

    private int fail(int why, int vendor) {
        syndrome = why;
        vendorSyndrome = vendor;
        return -1;
    }
}
