package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.key.Dek;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.RecordFormat;

/**
 * Decrypts the records of a packet on its way into host memory. All or nothing: if one does not authenticate, the host gets the packet as
 * it was on the wire.
 */
final class RxEngine {
    private final RecordCipher cipher;

    RxEngine(RecordCipher cipher) {
        this.cipher = cipher;
    }

    /**
     * Writes the packet's payload to host memory, decrypted if that is possible.
     *
     * @param sequence TCP sequence of the payload's first byte
     * @param host     has room for {@code bytes} at {@code hostIndex}
     */
    TlsOffload receive(TlsContext context, int sequence, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        TlsOffload result = check(context, sequence, wire, index, bytes);
        if (result == TlsOffload.DECRYPTED && !decrypt(context, wire, index, bytes, host, hostIndex)) {
            result = TlsOffload.ERROR;
        }
        if (result == TlsOffload.DECRYPTED || result == TlsOffload.ERROR) {
            // The lengths are in the clear: the position is known even where a record has not authenticated.
            context.advance(sequence + bytes, context.recordNumber() + countRecords(wire, index, bytes));
        } else if (result == TlsOffload.RESYNC) {
            context.lose(sequence);
        }
        if (result != TlsOffload.DECRYPTED) {
            host.setBytes(hostIndex, wire, index, bytes);
        }
        return result;
    }

    /** {@link TlsOffload#DECRYPTED} where the packet can be decrypted: in sequence, and a run of whole records. */
    private static TlsOffload check(TlsContext context, int sequence, ByteBuf wire, int index, int bytes) {
        TrackerState tracker = context.tracker();
        Dek dek = context.dek();
        if (tracker == null || tracker == TrackerState.SEARCHING || dek == null || !dek.isLoaded()) {
            return TlsOffload.NOT_DECRYPTED;
        }
        return sequence == context.nextTcpSequence() && isWholeRecords(context.format(), wire, index, bytes)
                ? TlsOffload.DECRYPTED
                : TlsOffload.RESYNC;
    }

    private static boolean isWholeRecords(RecordFormat format, ByteBuf wire, int index, int bytes) {
        int at = index;
        int end = index + bytes;
        while (end - at >= RecordFormat.HEADER_BYTES) {
            int fragment = RecordCipher.fragmentBytes(format, wire, at);
            if (fragment < 0) {
                return false;
            }
            at += RecordFormat.HEADER_BYTES + fragment;
        }
        return at == end;
    }

    private static int countRecords(ByteBuf wire, int index, int bytes) {
        int records = 0;
        for (int at = index; at < index + bytes; at += RecordFormat.HEADER_BYTES + wire.getUnsignedShort(at + 3)) {
            records++;
        }
        return records;
    }

    private boolean decrypt(TlsContext context, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        Dek dek = context.dek();
        Opener opener = dek == null ? null : dek.opener();
        if (opener == null) {
            return false;
        }
        int prefix = context.format().prefixBytes();
        long record = context.recordNumber();
        int done = 0;
        while (done < bytes) {
            int recordBytes = RecordFormat.HEADER_BYTES + wire.getUnsignedShort(index + done + 3);
            int inner = recordBytes - prefix - AeadSuite.TAG_BYTES;
            if (!cipher.open(context, opener, record, wire, index + done, inner, host, hostIndex + done)) {
                return false;
            }
            host.setBytes(hostIndex + done, wire, index + done, prefix);
            int tag = done + prefix + inner;
            host.setBytes(hostIndex + tag, wire, index + tag, AeadSuite.TAG_BYTES);
            done += recordBytes;
            record++;
        }
        return true;
    }
}
