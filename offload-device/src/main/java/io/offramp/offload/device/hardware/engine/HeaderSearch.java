package io.offramp.offload.device.hardware.engine;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;
import java.nio.ByteBuffer;

/** Looks for bytes that could be a record's header: a type, {@code 0x03 0x03}, and a length within the limits. */
final class HeaderSearch {
    /** Index of the first such place relative to {@code index}, or -1; what a packet's end cuts is not found. */
    int find(RecordFormat format, ByteBuf wire, int index, int bytes) {
        ByteBuffer in = wire.nioBuffer(index, bytes);
        for (int i = 0; i + RecordFormat.HEADER_BYTES <= bytes; i++) {
            if (in.getShort(i + 1) == ProtocolVersion.LEGACY_RECORD_VERSION && isHeader(format, wire, index + i)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isHeader(RecordFormat format, ByteBuf wire, int at) {
        int type = wire.getUnsignedByte(at);
        boolean isType = format == RecordFormat.TLS_1_3
                ? type == ContentType.APPLICATION_DATA.code()
                : ContentType.of(type) != null;
        return isType && RecordCipher.fragmentBytes(format, wire, at) >= 0;
    }
}
