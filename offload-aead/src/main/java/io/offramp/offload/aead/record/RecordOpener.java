package io.offramp.offload.aead.record;

import static io.offramp.offload.record.AlertDescription.RECORD_OVERFLOW;
import static io.offramp.offload.record.AlertDescription.UNEXPECTED_MESSAGE;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.error.KeyLimitException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Opens protected records with one key, in place. Its state is the key, the sequence of the next record, and the
 * content of the last one.
 *
 * <p>Content starts {@link RecordFormat#prefixBytes()} behind the header's index and is {@link #contentBytes()} long.
 * Confined to one thread at a time.
 */
public final class RecordOpener implements AutoCloseable {
    private static final long LAST_SEQUENCE = -1;

    private final AeadEngine engine;
    private final TrafficKeys keys;
    private final RecordFormat format;
    private final int nonceHead;
    private final long nonceTailMask;
    private long nextSequence;
    private int contentBytes;
    private @Nullable Opener opener;

    /**
     * Sets up nothing in the engine before the first {@link #open}: on a device that decrypts, that never comes.
     *
     * @param keys still the caller's, who destroys them after {@link #close()} and not before
     */
    public RecordOpener(AeadEngine engine, TrafficKeys keys) {
        this.engine = engine;
        this.keys = keys;
        format = keys.format();
        nonceHead = keys.nonceHead();
        nonceTailMask = keys.nonceTailMask();
        nextSequence = keys.nextSequence();
    }

    /** Geometry of the records that it opens. */
    public RecordFormat format() {
        return format;
    }

    /** Record sequence of the next record. */
    public long nextSequence() {
        return nextSequence;
    }

    /** Length of the content of the record opened last, padding stripped. */
    public int contentBytes() {
        return contentBytes;
    }

    /**
     * Opens one whole record where it lies and advances the sequence by one (RFC 8446 §5.2, RFC 5246 §6.2.3.3).
     *
     * @param wire holds the whole record, writable; still the caller's, no index moves
     * @param index of the header, which {@link RecordHeader#check} has passed
     * @return type of the content
     * @throws RecordAuthenticationException if it does not authenticate; what lay in the record has been wiped
     * @throws RecordFormatException if it does, but breaks the format, see {@link #accept}
     * @throws KeyLimitException if the sequence would wrap, which it must not (RFC 8446 §5.3)
     */
    public ContentType open(ByteBuf wire, int index) {
        requireNoWrap();
        if (!decrypt(wire, index)) {
            throw new RecordAuthenticationException("record of " + RecordHeader.fragmentBytes(wire, index)
                    + " bytes does not authenticate, direction=RX, seq=" + Long.toUnsignedString(nextSequence));
        }
        return accept(wire, index);
    }

    /**
     * Takes a record that has been decrypted in place and authenticated by someone else, and advances the sequence by
     * one: what {@link #open} does behind the cipher.
     *
     * @return type of the content
     * @throws RecordFormatException {@code record_overflow} for too much content, padding included (RFC 8446 §5.4);
     *     {@code unexpected_message} for nothing but padding, for a type that cannot be protected, and for an alert or
     *     handshake record without content (RFC 8446 §5, §5.4, RFC 5246 §6.2.1)
     * @throws KeyLimitException if the sequence would wrap, as in {@link #open}
     */
    public ContentType accept(ByteBuf wire, int index) {
        requireNoWrap();
        int start = index + format.prefixBytes();
        int innerBytes = innerBytes(wire, index);
        requireWithin(innerBytes - format.typeBytes());
        ContentType type;
        if (format == RecordFormat.TLS_1_3) {
            int typeIndex = lastNonZero(wire, start, innerBytes);
            type = innerType(wire, start, typeIndex);
            contentBytes = typeIndex - start;
        } else {
            type = known(ContentType.of(RecordHeader.type(wire, index)), RecordHeader.type(wire, index));
            contentBytes = innerBytes;
        }
        if (contentBytes == 0 && type != ContentType.APPLICATION_DATA) {
            throw unexpected(type + " record without content (RFC 8446 §5.4)");
        }
        nextSequence++;
        return type;
    }

    private void requireNoWrap() {
        if (nextSequence == LAST_SEQUENCE) {
            throw new KeyLimitException("record sequence would wrap, direction=RX (RFC 8446 §5.3)");
        }
    }

    private boolean decrypt(ByteBuf wire, int index) {
        if (opener == null) {
            opener = engine.opener(keys.suite(), keys.dangerousKey());
        }
        int start = index + format.prefixBytes();
        int innerBytes = innerBytes(wire, index);
        if (format == RecordFormat.TLS_1_3) {
            return opener.open(
                    nonceHead,
                    nonceTailMask ^ nextSequence,
                    wire,
                    index,
                    RecordFormat.HEADER_BYTES,
                    wire,
                    start,
                    innerBytes,
                    wire,
                    start);
        }
        // RFC 5288 §3: the explicit nonce is whatever the sender chose, the sequence goes into the additional data
        // alone.
        long nonceTail = format == RecordFormat.TLS_1_2_GCM
                ? wire.getLong(index + RecordFormat.HEADER_BYTES)
                : nonceTailMask ^ nextSequence;
        ByteBuf aad = AdditionalData.of(nextSequence, RecordHeader.type(wire, index), innerBytes);
        return opener.open(nonceHead, nonceTail, aad, 0, AdditionalData.BYTES, wire, start, innerBytes, wire, start);
    }

    private int innerBytes(ByteBuf wire, int index) {
        return RecordHeader.fragmentBytes(wire, index) - format.explicitNonceBytes() - AeadSuite.TAG_BYTES;
    }

    private static void requireWithin(int contentAndPaddingBytes) {
        if (contentAndPaddingBytes > RecordFormat.MAX_PLAINTEXT_BYTES) {
            throw new RecordFormatException(
                    RECORD_OVERFLOW,
                    "record holds " + contentAndPaddingBytes + " bytes, limit " + RecordFormat.MAX_PLAINTEXT_BYTES
                            + " (RFC 8446 §5.4)");
        }
    }

    /**
     * Index of the last byte that is not padding; {@code start - 1} if there is none. Long by long: padding can be all
     * of a record.
     */
    private static int lastNonZero(ByteBuf wire, int start, int bytes) {
        int end = start + bytes;
        while (end - start >= Long.BYTES && wire.getLong(end - Long.BYTES) == 0) {
            end -= Long.BYTES;
        }
        while (end > start && wire.getByte(end - 1) == 0) {
            end--;
        }
        return end - 1;
    }

    private static ContentType innerType(ByteBuf wire, int start, int typeIndex) {
        if (typeIndex < start) {
            throw unexpected("record is nothing but padding (RFC 8446 §5.4)");
        }
        int code = wire.getUnsignedByte(typeIndex);
        ContentType type = known(ContentType.of(code), code);
        if (type == ContentType.CHANGE_CIPHER_SPEC) {
            throw unexpected("protected change_cipher_spec record (RFC 8446 §5)");
        }
        return type;
    }

    private static ContentType known(@Nullable ContentType type, int code) {
        if (type == null) {
            throw unexpected("content type " + code + " is unknown (RFC 8446 §5)");
        }
        return type;
    }

    private static RecordFormatException unexpected(String message) {
        return new RecordFormatException(UNEXPECTED_MESSAGE, message + ", direction=RX");
    }

    /** Wipes and frees the key's state. May be called more than once. */
    @Override
    public void close() {
        if (opener != null) {
            opener.close();
        }
    }
}
