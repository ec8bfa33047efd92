package io.offramp.proxy.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.record.ContentType;

/** An alert before there are keys (RFC 8446 §6). */
final class PlainAlert {
    private static final byte FATAL = 2;

    private PlainAlert() {}

    /** A whole record: type, version of TLS 1.2, length, level, description. */
    static ByteBuf fatal(int description) {
        return Unpooled.wrappedBuffer(
                new byte[] {(byte) ContentType.ALERT.code(), 3, 3, 0, 2, FATAL, (byte) description});
    }
}
