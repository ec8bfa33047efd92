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
 * Decrypts the records of a packet on its way into host memory. All or nothing: if one does not authenticate, the
 * host gets the packet as it was on the wire.
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
    TlsOffload receive(
            TlsContext context, int sequence, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        TlsOffload result = canDecrypt(context)
                ? decrypt(context, sequence, wire, index, bytes, host, hostIndex)
                : TlsOffload.NOT_DECRYPTED;
        if (result != TlsOffload.DECRYPTED) {
            host.setBytes(hostIndex, wire, index, bytes);
        }
        return result;
    }

    private static boolean canDecrypt(TlsContext context) {
        TrackerState tracker = context.tracker();
        Dek dek = context.dek();
        return tracker != null && tracker != TrackerState.SEARCHING && dek != null && dek.isLoaded();
    }

    private TlsOffload decrypt(
            TlsContext context, int sequence, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        int records = sequence == context.nextTcpSequence() ? countRecords(context.format(), wire, index, bytes) : 0;
        if (records == 0) {
            context.lose(sequence);
            return TlsOffload.RESYNC;
        }
        boolean isAuthentic = open(context, wire, index, bytes, host, hostIndex);
        // The lengths are in the clear: the position is known even where a record has not authenticated.
        context.advance(sequence + bytes, context.recordNumber() + records);
        return isAuthentic ? TlsOffload.DECRYPTED : TlsOffload.ERROR;
    }

    /** How many records these bytes are; 0 if they are not a run of whole ones. */
    private static int countRecords(RecordFormat format, ByteBuf wire, int index, int bytes) {
        int records = 0;
        int at = index;
        int end = index + bytes;
        while (end - at >= RecordFormat.HEADER_BYTES) {
            int fragment = RecordCipher.fragmentBytes(format, wire, at);
            if (fragment < 0) {
                return 0;
            }
            at += RecordFormat.HEADER_BYTES + fragment;
            records++;
        }
        return at == end ? records : 0;
    }

    private boolean open(TlsContext context, ByteBuf wire, int index, int bytes, ByteBuf host, int hostIndex) {
        Dek dek = context.dek();
        Opener opener = dek == null ? null : dek.opener();
        if (opener == null) {
            return false;
        }
        int prefix = context.format().prefixBytes();
        long record = context.recordNumber();
        int done = 0;
        while (done < bytes) {
            int recordBytes = RecordFormat.HEADER_BYTES + RecordCipher.fragmentBytes(wire, index + done);
            int inner = recordBytes - prefix - AeadSuite.TAG_BYTES;
            if (!cipher.open(context, opener, record, wire, index + done, inner, host, hostIndex + done)) {
                return false;
            }
            copyFraming(wire, index + done, host, hostIndex + done, prefix, prefix + inner);
            done += recordBytes;
            record++;
        }
        return true;
    }

    private static void copyFraming(ByteBuf wire, int from, ByteBuf host, int to, int prefix, int tag) {
        host.setInt(to, wire.getInt(from));
        host.setByte(to + Integer.BYTES, wire.getByte(from + Integer.BYTES));
        if (prefix > RecordFormat.HEADER_BYTES) {
            host.setLong(to + RecordFormat.HEADER_BYTES, wire.getLong(from + RecordFormat.HEADER_BYTES));
        }
        host.setLong(to + tag, wire.getLong(from + tag));
        host.setLong(to + tag + Long.BYTES, wire.getLong(from + tag + Long.BYTES));
    }
}
