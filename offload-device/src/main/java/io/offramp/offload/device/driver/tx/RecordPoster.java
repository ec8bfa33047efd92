package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.EthernetSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;

/**
 * Frames a message into records in plaintext and posts them: several records per WQE, each as three data segments.
 *
 * <pre>
 *   | header, explicit nonce | content              | type byte, space for the tag |
 *   |        inline          | in the caller's      | one copy for all records     |
 *   |                        | buffer               |                              |
 * </pre>
 */
final class RecordPoster {
    /** Most payload of one large send. */
    static final int MAX_SEND_BYTES = 1 << 18;

    /** Static params, progress params and a fence. */
    private static final int PARAMS_BLOCKS = 8;

    private final DeviceChannel channel;
    private final RecordFormat format;
    private final PacketTemplate packets;
    private final int fixedOctowords;
    private final int recordOctowords;

    /** @param packets headers of the flow's packets */
    RecordPoster(DeviceChannel channel, RecordFormat format, PacketTemplate packets) {
        this.channel = channel;
        this.format = format;
        this.packets = packets;
        int wireOctowords = 1;
        fixedOctowords = 1 + EthernetSegment.octowords(packets.headerBytes()) + wireOctowords;
        int contentAndTail = 2 * DataSegment.BYTES;
        recordOctowords =
                (DataSegment.inlineSegmentBytes(format.prefixBytes()) + contentAndTail) / ControlSegment.OCTOWORD_BYTES;
    }

    /** True where the message fits in the queue now. Where the engine is inline, it always finds room. */
    boolean hasRoom(TxMessage message, int records) {
        if (!channel.isAsynchronous()) {
            return true;
        }
        int sends = Math.ceilDiv(records, recordsPerSend(message));
        return channel.send().hasRoom(sends * WorkQueue.MAX_WQE_BLOCKS + PARAMS_BLOCKS);
    }

    private int recordsPerSend(TxMessage message) {
        return Math.min(
                (ControlSegment.MAX_OCTOWORDS - fixedOctowords) / recordOctowords,
                MAX_SEND_BYTES / (message.maxPlaintextBytes() + format.overheadBytes()));
    }

    /**
     * Posts the message.
     *
     * @param sequence TCP sequence of its first byte
     * @param records how many it is cut into
     */
    void post(TxMessage message, int tis, int sequence, int records) {
        int recordsPerSend = recordsPerSend(message);
        message.cutAt(packets.mss(channel.mtu()));
        int contentIndex = message.plaintext().readerIndex();
        int wireIndex = 0;
        for (int posted = 0; posted < records; posted += recordsPerSend) {
            int count = Math.min(recordsPerSend, records - posted);
            int contentBytes =
                    Math.min(message.plaintext().writerIndex() - contentIndex, count * message.maxPlaintextBytes());
            postSend(
                    message,
                    tis,
                    sequence + wireIndex,
                    message.firstRecord() + posted,
                    count,
                    contentIndex,
                    contentBytes,
                    wireIndex);
            contentIndex += contentBytes;
            wireIndex += contentBytes + count * format.overheadBytes();
        }
        message.onAllPosted();
    }

    private void postSend(
            TxMessage message,
            int tis,
            int sequence,
            long recordNumber,
            int records,
            int contentIndex,
            int contentBytes,
            int wireIndex) {
        SendRing ring = channel.send();
        int octowords = fixedOctowords + records * recordOctowords;
        int blocks = Math.ceilDiv(octowords * ControlSegment.OCTOWORD_BYTES, WorkQueue.BLOCK_BYTES);
        int at = ring.reserve(blocks);
        ByteBuf out = ring.memory();
        int sendBytes = contentBytes + records * format.overheadBytes();
        int packetCount = Math.ceilDiv(sendBytes, message.mss());
        ring.writeControl(at, packetCount > 1 ? Opcode.LSO : Opcode.SEND, 0, octowords, 0, tis);
        packets.next(sequence, sendBytes, packetCount);
        EthernetSegment.write(out, at + ControlSegment.BYTES, message.mss(), packets.header(), packets.headerBytes());
        int segment = at + (fixedOctowords - 1) * ControlSegment.OCTOWORD_BYTES;
        DataSegment.write(out, segment, sendBytes, message.wireKey(), wireIndex);
        segment += DataSegment.BYTES;
        int index = contentIndex;
        int left = contentBytes;
        for (int i = 0; i < records; i++) {
            int content = Math.min(left, message.maxPlaintextBytes());
            segment = writeRecord(out, segment, message, recordNumber + i, index, content);
            index += content;
            left -= content;
        }
        message.onPosted();
        ring.post(blocks, message);
    }

    private int writeRecord(
            ByteBuf out, int at, TxMessage message, long recordNumber, int contentIndex, int contentBytes) {
        DataSegment.writeInline(out, at, format.prefixBytes());
        RecordPrefix.write(out, at + DataSegment.INLINE_BYTES, format, message.type(), recordNumber, contentBytes);
        int segment = at + DataSegment.inlineSegmentBytes(format.prefixBytes());
        DataSegment.write(out, segment, contentBytes, message.plaintextKey(), contentIndex);
        segment += DataSegment.BYTES;
        DataSegment.write(
                out,
                segment,
                format.typeBytes() + AeadSuite.TAG_BYTES,
                channel.tailsKey(),
                DeviceChannel.tailAddress(message.type(), format.typeBytes()));
        return segment + DataSegment.BYTES;
    }
}
