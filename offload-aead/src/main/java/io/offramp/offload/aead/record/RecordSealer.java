package io.offramp.offload.aead.record;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;

/**
 * Makes protected records with one key. Its state is the key and the sequence of the next record.
 *
 * <p>The nonce is the IV with the sequence XORed into its last eight bytes (RFC 8446 §5.3, RFC 7905 §2); in TLS 1.2
 * with GCM it is the salt and the explicit nonce that travels with the record, which here is the sequence (RFC 5288
 * §3). Confined to one thread at a time.
 */
public final class RecordSealer implements AutoCloseable {
    private final RecordFormat format;
    private final Sealer sealer;
    private final int nonceHead;
    private final long nonceTailMask;
    private final AeadSuite suite;
    private long nextSequence;

    /** @param keys copied; still the caller's to destroy */
    public RecordSealer(AeadEngine engine, TrafficKeys keys) {
        format = keys.format();
        nonceHead = keys.nonceHead();
        nonceTailMask = keys.nonceTailMask();
        suite = keys.suite();
        nextSequence = keys.nextSequence();
        sealer = engine.sealer(suite, keys.dangerousKey());
    }

    /** Geometry of the records that it makes. */
    public RecordFormat format() {
        return format;
    }

    /** Record sequence of the next record. */
    public long nextSequence() {
        return nextSequence;
    }

    /**
     * How many records this key may still protect. Counts from sequence 0, not from when this object was made, so that
     * a key that moves between backends is not used for longer.
     *
     * <p>The bound is that of RFC 8446 §5.5 in TLS 1.2 too: the arithmetic of GCM knows no versions. TLS 1.2 has no
     * KeyUpdate, so there the connection has to end instead (RFC 5246 §6.1 asks for that only at 2^64 - 1).
     */
    public long recordsLeft() {
        return recordsLeft(suite, nextSequence);
    }

    /**
     * Protects all readable bytes of {@code plaintext}, cut into records of at most {@code maxPlaintextBytes}; an empty
     * buffer gives one empty record. Reads {@code plaintext} where it lies and writes each byte of {@code out} once.
     *
     * @param plaintext its reader index moves to its end; still the caller's
     * @param maxPlaintextBytes most content per record, 1 to 16,384
     * @param out has {@link RecordFormat#sealedBytes} writable bytes; its writer index moves behind the last record;
     *     does not overlap {@code plaintext}
     * @return number of records
     * @throws KeyLimitException if that many records are not left; no index has moved
     */
    public int seal(ContentType type, ByteBuf plaintext, int maxPlaintextBytes, ByteBuf out) {
        int bytesLeft = plaintext.readableBytes();
        int records = records(bytesLeft, maxPlaintextBytes);
        requireLeft(records);
        int inIndex = plaintext.readerIndex();
        int outIndex = out.writerIndex();
        for (int i = 0; i < records; i++) {
            int contentBytes = Math.min(bytesLeft, maxPlaintextBytes);
            // The sequence is spent before the cipher sees it: no nonce is used twice, whatever the engine throws.
            outIndex += reseal(nextSequence++, type, plaintext, inIndex, contentBytes, out, outIndex);
            inIndex += contentBytes;
            bytesLeft -= contentBytes;
        }
        plaintext.readerIndex(inIndex);
        out.writerIndex(outIndex);
        return records;
    }

    /** How many records {@code contentBytes} bytes make; one if empty. */
    public static int records(int contentBytes, int maxPlaintextBytes) {
        return Math.max(1, Math.ceilDiv(contentBytes, maxPlaintextBytes));
    }

    /** @throws KeyLimitException if fewer than {@code records} are left */
    public void requireLeft(int records) {
        requireLeft(suite, nextSequence, records);
    }

    /**
     * The same for a key that someone else uses.
     *
     * @param nextSequence of that key, unsigned
     * @throws KeyLimitException if it may protect fewer than {@code records} from there on
     */
    public static void requireLeft(AeadSuite suite, long nextSequence, int records) {
        if (records > recordsLeft(suite, nextSequence)) {
            throw new KeyLimitException("key may protect " + suite.recordLimit() + " records, is at seq="
                    + Long.toUnsignedString(nextSequence)
                    + " and asked for " + records + " more (RFC 8446 §5.5)");
        }
    }

    private static long recordsLeft(AeadSuite suite, long nextSequence) {
        long limit = suite.recordLimit();
        return Long.compareUnsigned(nextSequence, limit) < 0 ? limit - nextSequence : 0;
    }

    /**
     * Makes the record with this sequence, and leaves {@link #nextSequence()} alone: for a record that was already made
     * once and is needed again. The same sequence with other content gives the key away, so the caller has kept type
     * and content unchanged.
     *
     * @return wire bytes written to {@code out} from {@code outIndex}; no index moves
     */
    public int reseal(
            long sequence,
            ContentType type,
            ByteBuf plaintext,
            int inIndex,
            int contentBytes,
            ByteBuf out,
            int outIndex) {
        int prefixBytes = format.prefixBytes();
        int fragmentBytes = contentBytes + format.minFragmentBytes();
        if (format == RecordFormat.TLS_1_3) {
            RecordHeader.write(out, outIndex, ContentType.APPLICATION_DATA.code(), fragmentBytes);
            // RFC 8446 §5.2: the additional data is the header as it is sent.
            sealer.seal(
                    nonceHead,
                    nonceTailMask ^ sequence,
                    out,
                    outIndex,
                    RecordFormat.HEADER_BYTES,
                    plaintext,
                    inIndex,
                    contentBytes,
                    type.code(),
                    out,
                    outIndex + prefixBytes);
        } else {
            RecordHeader.write(out, outIndex, type.code(), fragmentBytes);
            if (format == RecordFormat.TLS_1_2_GCM) {
                out.setLong(outIndex + RecordFormat.HEADER_BYTES, sequence);
            }
            ByteBuf aad = AdditionalData.of(sequence, type.code(), contentBytes);
            sealer.seal(
                    nonceHead,
                    nonceTailMask ^ sequence,
                    aad,
                    0,
                    AdditionalData.BYTES,
                    plaintext,
                    inIndex,
                    contentBytes,
                    Sealer.NO_TRAILER,
                    out,
                    outIndex + prefixBytes);
        }
        return RecordFormat.HEADER_BYTES + fragmentBytes;
    }

    /** Wipes and frees the key. May be called more than once. */
    @Override
    public void close() {
        sealer.close();
    }
}
