package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.record.RecordHeader;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.RecordFormat;

/** Finds whole records in what was received, to make packets of. */
final class RecordRun {
    private RecordRun() {}

    /**
     * Bytes of whole records at the reader index, as many as a packet holds. Ends in front of a header that does not
     * pass, so that what stands before it is delivered first.
     */
    static int bytes(RecordFormat format, ByteBuf wire) {
        int start = wire.readerIndex();
        int at = start;
        int end = wire.writerIndex();
        while (end - at >= RecordFormat.HEADER_BYTES) {
            int next = at + RecordFormat.HEADER_BYTES + RecordHeader.fragmentBytes(wire, at);
            if (next > end || next - start > PacketHeader.MAX_PAYLOAD_BYTES || !passes(format, wire, at)) {
                break;
            }
            at = next;
        }
        return at - start;
    }

    private static boolean passes(RecordFormat format, ByteBuf wire, int at) {
        try {
            RecordHeader.check(format, wire, at);
            return true;
        } catch (OffloadException refused) {
            // Said again, and then as a fault, when it is the next record.
            return false;
        }
    }
}
