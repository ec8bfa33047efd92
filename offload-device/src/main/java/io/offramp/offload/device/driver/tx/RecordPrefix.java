package io.offramp.offload.device.driver.tx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.record.RecordHeader;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;

/** The bytes in front of a record's content, as the driver frames it: header and explicit nonce. */
final class RecordPrefix {
    private RecordPrefix() {}

    /** Writes {@link RecordFormat#prefixBytes()} bytes. */
    static void write(ByteBuf out, int at, RecordFormat format, ContentType type, long number, int contentBytes) {
        ContentType outer = format == RecordFormat.TLS_1_3 ? ContentType.APPLICATION_DATA : type;
        RecordHeader.write(out, at, outer.code(), contentBytes + format.minFragmentBytes());
        if (format.explicitNonceBytes() > 0) {
            // RFC 5288 §3: the sequence is a nonce that does not repeat.
            out.setLong(at + RecordFormat.HEADER_BYTES, number);
        }
    }
}
