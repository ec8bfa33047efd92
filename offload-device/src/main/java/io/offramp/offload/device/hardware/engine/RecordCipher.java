package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;

/**
 * The AES-GCM engine: one record at a time, with nonce and additional data from the context and the record's own bytes
 * (RFC 8446 §5.2, §5.3; RFC 5246 §6.2.3.3, RFC 5288 §3).
 */
final class RecordCipher {
    private static final int LENGTH = 3;
    private static final int TLS_1_2_AAD_BYTES = 13;

    private long records;
    private final ByteBuf additionalData = Unpooled.directBuffer(TLS_1_2_AAD_BYTES, TLS_1_2_AAD_BYTES);

    /** Records, and parts of records, that were begun so far. */
    long records() {
        return records;
    }

    /** The fragment length that a header shows, which was found to be one. */
    static int fragmentBytes(ByteBuf in, int at) {
        return in.getUnsignedShort(at + LENGTH);
    }

    /** The fragment length that a header shows, or -1 if the header is none under this context. */
    static int fragmentBytes(RecordFormat format, ByteBuf in, int at) {
        int fragment = in.getUnsignedShort(at + LENGTH);
        boolean isRecord = in.getUnsignedShort(at + 1) == ProtocolVersion.LEGACY_RECORD_VERSION
                && fragment >= format.minFragmentBytes()
                && fragment <= format.maxFragmentBytes();
        return isRecord ? fragment : -1;
    }

    /** Seals a record whose prefix lies in {@code out}, with the type byte of TLS 1.3 in {@code trailer}. */
    void seal(
            TlsContext context,
            Sealer sealer,
            long record,
            ByteBuf in,
            int inIndex,
            int contentBytes,
            int trailer,
            ByteBuf out,
            int at) {
        records++;
        RecordFormat format = context.format();
        int outIndex = at + format.prefixBytes();
        if (format == RecordFormat.TLS_1_3) {
            sealer.seal(
                    context.nonceHead(),
                    context.implicitNonceTail(record),
                    out,
                    at,
                    RecordFormat.HEADER_BYTES,
                    in,
                    inIndex,
                    contentBytes,
                    trailer,
                    out,
                    outIndex);
        } else {
            fillAdditionalData(record, out.getByte(at), contentBytes);
            sealer.seal(
                    context.nonceHead(),
                    out.getLong(at + RecordFormat.HEADER_BYTES),
                    additionalData,
                    0,
                    TLS_1_2_AAD_BYTES,
                    in,
                    inIndex,
                    contentBytes,
                    Sealer.NO_TRAILER,
                    out,
                    outIndex);
        }
    }

    /** Opens the record at {@code inAt} into {@code out}; false if it does not authenticate. */
    boolean open(
            TlsContext context,
            Opener opener,
            long record,
            ByteBuf in,
            int inAt,
            int innerBytes,
            ByteBuf out,
            int outAt) {
        records++;
        RecordFormat format = context.format();
        int prefix = format.prefixBytes();
        if (format == RecordFormat.TLS_1_3) {
            return opener.open(
                    context.nonceHead(),
                    context.implicitNonceTail(record),
                    in,
                    inAt,
                    RecordFormat.HEADER_BYTES,
                    in,
                    inAt + prefix,
                    innerBytes,
                    out,
                    outAt + prefix);
        }
        fillAdditionalData(record, in.getByte(inAt), innerBytes);
        return opener.open(
                context.nonceHead(),
                in.getLong(inAt + RecordFormat.HEADER_BYTES),
                additionalData,
                0,
                TLS_1_2_AAD_BYTES,
                in,
                inAt + prefix,
                innerBytes,
                out,
                outAt + prefix);
    }

    /** Begins to seal the record whose prefix is whole at the context's cursor. */
    void start(TlsContext context, SealStream stream) {
        records++;
        ByteBuf aad = additionalData(context);
        stream.start(context.nonceHead(), nonceTail(context), aad, 0, aadBytes(context.format()));
    }

    /** Begins to open the record whose prefix is whole at the context's cursor. */
    void start(TlsContext context, OpenStream stream) {
        records++;
        ByteBuf aad = additionalData(context);
        stream.start(context.nonceHead(), nonceTail(context), aad, 0, aadBytes(context.format()));
    }

    private static long nonceTail(TlsContext context) {
        return context.format() == RecordFormat.TLS_1_3
                ? context.implicitNonceTail(context.recordNumber())
                : context.cursor().prefix().getLong(RecordFormat.HEADER_BYTES);
    }

    private static int aadBytes(RecordFormat format) {
        return format == RecordFormat.TLS_1_3 ? RecordFormat.HEADER_BYTES : TLS_1_2_AAD_BYTES;
    }

    private ByteBuf additionalData(TlsContext context) {
        ByteBuf prefix = context.cursor().prefix();
        if (context.format() == RecordFormat.TLS_1_3) {
            return additionalData.setBytes(0, prefix, 0, RecordFormat.HEADER_BYTES);
        }
        int content = context.cursor().recordBytes() - context.format().overheadBytes();
        fillAdditionalData(context.recordNumber(), prefix.getByte(0), content);
        return additionalData;
    }

    private void fillAdditionalData(long record, byte type, int contentBytes) {
        additionalData.setLong(0, record);
        additionalData.setByte(8, type);
        additionalData.setShort(9, ProtocolVersion.LEGACY_RECORD_VERSION);
        additionalData.setShort(11, contentBytes);
    }

    void close() {
        additionalData.release();
    }
}
