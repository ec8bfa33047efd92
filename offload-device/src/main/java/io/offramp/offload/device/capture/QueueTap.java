package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.device.capture.CapturedPacket.Side;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.engine.QueueObserver;
import io.offramp.offload.device.hardware.engine.QueueSet;
import io.offramp.offload.device.hardware.packet.LargeSend;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.EthernetSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what crosses a set of queues. WQEs without a packet are told with the next packet of their queue. A large
 * send is one packet between driver and device; what is longer than IP can say is cut for the file. Checksums are made
 * for the file: between driver and device there are none, for the device makes and checks them.
 */
final class QueueTap implements QueueObserver {
    private static final int MOST_LINES = 16_384;

    private final Capture capture;
    private final QueueSet queues;
    private final StringBuilder sent = new StringBuilder();
    private final StringBuilder controlled = new StringBuilder();
    private final StringBuilder received = new StringBuilder();
    private final LargeSend headers = new LargeSend();
    private final ByteBuf payload = Unpooled.buffer();

    QueueTap(Capture capture, QueueSet queues) {
        this.capture = capture;
        this.queues = queues;
    }

    @Override
    public void beforeWqe(ByteBuf ring, int at, @Nullable TlsContext context) {
        if (!isFiller(ring, at)) {
            StringBuilder lines = lines(ring);
            Narrator.appendWqe(lines, ring, at);
            Narrator.appendContext(lines, "  before", context);
        }
    }

    @Override
    public void afterWqe(
            ByteBuf ring, int at, @Nullable TlsContext context, int bytes, int syndrome, int vendorSyndrome) {
        StringBuilder lines = lines(ring);
        int opcode = ControlSegment.opcode(ring, at);
        if (!isFiller(ring, at)) {
            Narrator.appendContext(lines, "  after", context);
            if (opcode != Opcode.NOP) {
                lines.append("  ");
                Narrator.appendCompletion(lines, bytes, syndrome, vendorSyndrome);
            }
        }
        if (opcode == Opcode.SEND || opcode == Opcode.LSO) {
            addSent(ring, at, lines);
            lines.setLength(0);
        } else if (lines.length() > MOST_LINES) {
            lines.setLength(0);
        }
    }

    private StringBuilder lines(ByteBuf ring) {
        return ring == queues.sendQueue().memory() ? sent : controlled;
    }

    /** What fills a round of a ring says nothing. */
    private static boolean isFiller(ByteBuf ring, int at) {
        return ControlSegment.opcode(ring, at) == Opcode.NOP && !ControlSegment.isFenced(ring, at);
    }

    private void addSent(ByteBuf ring, int at, CharSequence comment) {
        int ethernet = at + ControlSegment.BYTES;
        int header = ethernet + EthernetSegment.INLINE_HEADER;
        int headerBytes = EthernetSegment.headerBytes(ring, ethernet);
        if (PacketHeader.isValid(ring, header, headerBytes)) {
            queues.copyPayload(ring, at, payload.clear());
            headers.start(ring, header, headerBytes);
            addPieces(comment);
        }
    }

    private void addPieces(CharSequence comment) {
        int most = PacketHeader.MAX_PAYLOAD_BYTES;
        int all = payload.readableBytes();
        for (int done = 0; done < all; done += most) {
            int bytes = Math.min(most, all - done);
            ByteBuf header = headers.next(payload, done, bytes, done + bytes == all);
            capture.add(
                    Side.HOST, header, headers.headerBytes(), payload, done, bytes, done == 0 ? comment : "as before");
        }
    }

    @Override
    public void beforePacket(@Nullable TlsContext context) {
        received.setLength(0);
        received.append(controlled);
        controlled.setLength(0);
        Narrator.appendContext(received, "TIR before", context);
    }

    @Override
    public void afterPacket(
            ByteBuf header,
            int headerBytes,
            ByteBuf host,
            int index,
            int bytes,
            int rq,
            boolean isIntact,
            TlsOffload result,
            @Nullable TlsContext context) {
        Narrator.appendContext(received, "TIR after", context);
        received.append("CQE RESP_SEND rqn=").append(rq);
        received.append(" byte_cnt=").append(bytes);
        received.append(" tls_offload=").append(result);
        received.append(isIntact ? " l4_ok" : " l4 bad");
        headers.start(header, 0, headerBytes);
        ByteBuf shown = headers.next(host, index, bytes, true);
        capture.add(Side.HOST, shown, headerBytes, host, index, bytes, received);
    }
}
