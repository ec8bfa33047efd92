package io.offramp.offload.aead.record;

import static io.offramp.offload.record.AlertDescription.DECODE_ERROR;
import static io.offramp.offload.record.AlertDescription.RECORD_OVERFLOW;
import static io.offramp.offload.record.AlertDescription.UNEXPECTED_MESSAGE;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;

/**
 * The five bytes in front of every record, in network byte order (RFC 8446 §5.1, RFC 5246 §6.2.1).
 *
 * <pre>
 *    0      1      2      3      4
 * +------+------+------+------+------+
 * | type |   0x0303    |   length    |   length counts what follows: explicit nonce, ciphertext, tag
 * +------+------+------+------+------+
 * </pre>
 */
public final class RecordHeader {
    private static final int VERSION_OFFSET = 1;
    private static final int LENGTH_OFFSET = 3;

    private RecordHeader() {}

    /** Writes a header at {@code index}; moves no index. */
    public static void write(ByteBuf out, int index, int type, int fragmentBytes) {
        out.setByte(index, type);
        out.setShort(index + VERSION_OFFSET, ProtocolVersion.LEGACY_RECORD_VERSION);
        out.setShort(index + LENGTH_OFFSET, fragmentBytes);
    }

    /** The type that the header shows; in TLS 1.3 that of the outside. */
    public static int type(ByteBuf wire, int index) {
        return wire.getUnsignedByte(index);
    }

    /** The header's length field, in bytes and unchecked: the bytes behind the header. */
    public static int fragmentBytes(ByteBuf wire, int index) {
        return wire.getUnsignedShort(index + LENGTH_OFFSET);
    }

    /**
     * Checks a header as soon as its five bytes are there, so that nothing is buffered for a record that can only be
     * refused.
     *
     * @param index of the header in {@code wire}
     * @return bytes of the whole record, header included
     * @throws RecordFormatException {@code unexpected_message} for a type that cannot come under these keys:
     *     unprotected records have no place behind the handshake (RFC 8446 §5, RFC 5246 §6); {@code decode_error} for a
     *     version field that is not the one value that the syntax allows (RFC 8446 §5.2, §6.2); {@code record_overflow}
     *     for a length over the limit (RFC 8446 §5.2, RFC 5246 §6.2.3)
     * @throws RecordAuthenticationException for a length under explicit nonce, type and tag: there is nothing that
     *     could be deprotected, and "if the decryption fails, the receiver MUST terminate the connection with a
     *     bad_record_mac alert" (RFC 8446 §5.2)
     */
    public static int check(RecordFormat format, ByteBuf wire, int index) {
        int type = type(wire, index);
        if (!isExpected(format, type)) {
            throw new RecordFormatException(
                    UNEXPECTED_MESSAGE, "record of type " + type + " under " + format + " keys (RFC 8446 §5)");
        }
        int version = wire.getUnsignedShort(index + VERSION_OFFSET);
        if (version != ProtocolVersion.LEGACY_RECORD_VERSION) {
            throw new RecordFormatException(
                    DECODE_ERROR,
                    "record version is 0x" + Integer.toHexString(version) + ", must be 0x303 (RFC 8446 §5.2)");
        }
        int fragmentBytes = fragmentBytes(wire, index);
        if (fragmentBytes > format.maxFragmentBytes()) {
            throw new RecordFormatException(
                    RECORD_OVERFLOW,
                    "record fragment is " + fragmentBytes + " bytes, limit " + format.maxFragmentBytes()
                            + " (RFC 8446 §5.2)");
        }
        if (fragmentBytes < format.minFragmentBytes()) {
            throw new RecordAuthenticationException("record fragment is " + fragmentBytes + " bytes, at least "
                    + format.minFragmentBytes() + " authenticate");
        }
        return RecordFormat.HEADER_BYTES + fragmentBytes;
    }

    private static boolean isExpected(RecordFormat format, int type) {
        return format == RecordFormat.TLS_1_3
                ? type == ContentType.APPLICATION_DATA.code()
                : type >= ContentType.CHANGE_CIPHER_SPEC.code() && type <= ContentType.APPLICATION_DATA.code();
    }
}
