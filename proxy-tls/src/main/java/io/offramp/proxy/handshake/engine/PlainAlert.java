package io.offramp.proxy.handshake.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.record.ContentType;

/** An alert before there are keys (RFC 8446 §6). */
final class PlainAlert {
    private static final byte FATAL = 2;
    private static final byte MINOR = 3;

    private PlainAlert() {}

    /** A whole record: type, version of TLS 1.2, length, level, description. */
    static ByteBuf fatal(int description) {
        return Unpooled.wrappedBuffer(
                new byte[] {(byte) ContentType.ALERT.code(), 3, MINOR, 0, 2, FATAL, (byte) description});
    }

    /**
     * For a moment before its ServerHello the engine writes alerts with the version number of TLS 1.3, which no record
     * has (RFC 8446 §5.1).
     *
     * @param output of the engine: an alert in plaintext, or anything else, which is not changed
     */
    static void mendVersion(ByteBuf output) {
        int at = output.readerIndex();
        if (output.isReadable(5) && output.getByte(at) == ContentType.ALERT.code() && output.getByte(at + 2) > MINOR) {
            output.setByte(at + 2, MINOR);
        }
    }
}
