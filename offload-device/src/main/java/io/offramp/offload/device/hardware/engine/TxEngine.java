package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.device.hardware.context.ContextTable;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.packet.LargeSend;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.EthernetSegment;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what a SEND or LSO carries, and takes what a DUMP feeds it. The first data segment behind the Ethernet
 * segment says where the wire is: in this model the packets leave into host memory, since the host's kernel owns the
 * real one, or through a {@link Port} that finds them there. The other segments are the payload: a run of the stream,
 * records in plaintext with space for the tag, which may start and end in mid-record. Where the WQE names a TIS, what
 * does not go through its cipher does not leave; where it names none, the payload leaves as it is.
 */
final class TxEngine {
    private static final int TAG_BYTES = AeadSuite.TAG_BYTES;
    /** In a WQE: the packet is none of a connection that is offloaded, or from before that. */
    private static final int NO_TIS = 0;

    private final ContextTable tises;
    private final MemoryRegions regions;
    private final RecordCipher cipher;
    private final Payload payload;
    private final PartialSeal partial;
    private final IntSupplier mtu;
    private final LargeSend packets = new LargeSend();
    private int syndrome;
    private int vendorSyndrome;

    /** @param mtu of the port that packets leave by */
    TxEngine(ContextTable tises, MemoryRegions regions, RecordCipher cipher, Payload payload, IntSupplier mtu) {
        this.tises = tises;
        this.regions = regions;
        this.cipher = cipher;
        this.payload = payload;
        this.mtu = mtu;
        partial = new PartialSeal(cipher, payload);
    }

    /** Syndrome of the WQE that failed. */
    int syndrome() {
        return syndrome;
    }

    /** Vendor syndrome of the WQE that failed. */
    int vendorSyndrome() {
        return vendorSyndrome;
    }

    /**
     * Works on one SEND or LSO.
     *
     * @param at its offset in the ring
     * @return payload bytes that are ready in the memory that is the wire, or -1 if it failed: then nothing leaves
     */
    int send(ByteBuf ring, int at) {
        int ethernet = at + ControlSegment.BYTES;
        int wqeEnd = at + ControlSegment.octowords(ring, at) * ControlSegment.OCTOWORD_BYTES;
        int headerBytes = EthernetSegment.headerBytes(ring, ethernet);
        int wireSegment = wireSegment(ethernet, headerBytes);
        int header = ethernet + EthernetSegment.INLINE_HEADER;
        if (wireSegment + DataSegment.BYTES > wqeEnd || !PacketHeader.isValid(ring, header, headerBytes)) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        }
        int packetBytes = packetBytes(ring, at);
        if (packetBytes <= 0) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
        }
        if (headerBytes - PacketHeader.ETHERNET_BYTES + packetBytes > mtu.getAsInt()) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.TOO_LONG);
        }
        int tis = ControlSegment.tisTir(ring, at);
        TlsContext context = programmed(tis);
        if (context == null && tis != NO_TIS) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
        }
        int sequence = PacketHeader.tcpSequence(ring, header);
        if (context != null && !expects(context, sequence)) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);
        }
        int wireBytes = DataSegment.byteCount(ring, wireSegment);
        int wireIndex = (int) DataSegment.address(ring, wireSegment);
        ByteBuf wire =
                regions.resolve(DataSegment.lkey(ring, wireSegment), DataSegment.address(ring, wireSegment), wireBytes);
        if (wire == null) {
            return fail(Syndrome.PROTECTION, Syndrome.NONE);
        }
        payload.start(ring, wireSegment + DataSegment.BYTES, wqeEnd);
        if (context == null) {
            if (!payload.copyTo(wire, wireIndex, wireBytes) || payload.hasMore()) {
                return fail(Syndrome.QUEUE_OPERATION, Syndrome.MALFORMED);
            }
        } else if (seal(context, wire, wireIndex, wireBytes) < 0) {
            return -1;
        } else {
            context.advance(sequence + wireBytes);
        }
        return wireBytes;
    }

    /** Lets out what {@link #send} has made of this WQE: one packet of a SEND, as many as it takes of an LSO. */
    void transmit(ByteBuf ring, int at, Port port) {
        int ethernet = at + ControlSegment.BYTES;
        int headerBytes = EthernetSegment.headerBytes(ring, ethernet);
        int segment = wireSegment(ethernet, headerBytes);
        int wireBytes = DataSegment.byteCount(ring, segment);
        int wireIndex = (int) DataSegment.address(ring, segment);
        ByteBuf wire = regions.resolve(DataSegment.lkey(ring, segment), wireIndex, wireBytes);
        if (wire == null) {
            return;
        }
        int packetBytes = packetBytes(ring, at);
        packets.start(ring, ethernet + EthernetSegment.INLINE_HEADER, headerBytes);
        for (int done = 0; done < wireBytes; done += packetBytes) {
            int bytes = Math.min(packetBytes, wireBytes - done);
            ByteBuf header = packets.next(wire, wireIndex + done, bytes, done + bytes == wireBytes);
            port.transmit(header, headerBytes, wire, wireIndex + done, bytes);
        }
    }

    /** Appends what a SEND or LSO carries, as the host gave it. */
    void copyPayload(ByteBuf ring, int at, ByteBuf out) {
        int ethernet = at + ControlSegment.BYTES;
        int segment = wireSegment(ethernet, EthernetSegment.headerBytes(ring, ethernet)) + DataSegment.BYTES;
        payload.start(ring, segment, at + ControlSegment.octowords(ring, at) * ControlSegment.OCTOWORD_BYTES);
        while (payload.hasMore()) {
            out.writeBytes(payload.segment(), payload.index(), payload.left());
            payload.skip(payload.left());
        }
    }

    private static int wireSegment(int ethernet, int headerBytes) {
        return ethernet + EthernetSegment.octowords(headerBytes) * ControlSegment.OCTOWORD_BYTES;
    }

    /** Most payload of one packet: an LSO is cut at the MSS, a SEND is one packet. */
    private static int packetBytes(ByteBuf ring, int at) {
        int ethernet = at + ControlSegment.BYTES;
        return ControlSegment.opcode(ring, at) == Opcode.LSO
                ? EthernetSegment.mss(ring, ethernet)
                : DataSegment.byteCount(ring, wireSegment(ethernet, EthernetSegment.headerBytes(ring, ethernet)));
    }

    /**
     * Works on one DUMP: the bytes go through the context's cipher and nowhere else.
     *
     * @return their number, or -1 if it failed
     */
    int dump(ByteBuf ring, int at) {
        TlsContext context = programmed(ControlSegment.tisTir(ring, at));
        if (context == null) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
        }
        if (context.tracker() == TrackerState.SEARCHING) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.SEQUENCE);
        }
        int segment = at + ControlSegment.BYTES;
        payload.start(ring, segment, at + ControlSegment.octowords(ring, at) * ControlSegment.OCTOWORD_BYTES);
        SealStream stream = context.sealStream();
        if (stream == null) {
            return fail(Syndrome.QUEUE_OPERATION, Syndrome.NO_CONTEXT);
        }
        int bytes = 0;
        while (payload.hasMore()) {
            int piece = partial.dump(context, stream);
            if (piece < 0) {
                return failInPayload();
            }
            bytes += piece;
        }
        return payload.isBroken() ? failInPayload() : bytes;
    }

    private static boolean expects(TlsContext context, int sequence) {
        return context.tracker() == TrackerState.START
                || context.tracker() == TrackerState.TRACKING && context.nextTcpSequence() == sequence;
    }

    private @Nullable TlsContext programmed(int tis) {
        TlsContext context = tises.get(tis);
        return context != null && context.tracker() != null && context.hasKey() ? context : null;
    }

    private int seal(TlsContext context, ByteBuf wire, int from, int wireBytes) {
        int at = from;
        int end = from + wireBytes;
        while (at < end) {
            int sealed = context.cursor().offset() == 0 ? sealRecord(context, wire, at, end) : 0;
            if (sealed == 0) {
                SealStream stream = context.sealStream();
                sealed = stream == null ? -1 : partial.seal(context, stream, wire, at, end - at);
            }
            if (sealed < 0) {
                return failInPayload();
            }
            at += sealed;
        }
        return payload.hasMore() || payload.isBroken() ? failInPayload() : wireBytes;
    }

    /** Seals a record that lies in this send as a whole: bytes sealed, 0 if it does not, -1 if it is none. */
    private int sealRecord(TlsContext context, ByteBuf wire, int at, int end) {
        RecordFormat format = context.format();
        int prefix = format.prefixBytes();
        if (end - at < format.overheadBytes() || !payload.isContiguous(prefix)) {
            return 0;
        }
        int fragment = RecordCipher.fragmentBytes(format, payload.segment(), payload.index());
        if (fragment < 0) {
            return -1;
        }
        int recordBytes = RecordFormat.HEADER_BYTES + fragment;
        Sealer sealer = context.sealer();
        if (recordBytes > end - at || sealer == null) {
            return 0;
        }
        payload.copyTo(wire, at, prefix);
        int content = fragment - format.minFragmentBytes();
        ByteBuf in = wire;
        int inIndex = at + prefix;
        if (payload.isContiguous(content)) {
            in = payload.segment();
            inIndex = payload.index();
            payload.skip(content);
        } else if (!payload.copyTo(wire, inIndex, content)) {
            return -1;
        }
        int trailer = format.typeBytes() == 0 ? Sealer.NO_TRAILER : payload.readByte();
        if (format.typeBytes() != 0 && trailer < 0 || !payload.skip(TAG_BYTES)) {
            return -1;
        }
        cipher.seal(context, sealer, context.recordNumber(), in, inIndex, content, trailer, wire, at);
        context.onRecordEnd();
        return recordBytes;
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

    void close() {
        partial.close();
    }
}
