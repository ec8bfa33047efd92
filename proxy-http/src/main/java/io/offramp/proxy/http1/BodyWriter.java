package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;

/**
 * Writes the bodies of a connection's messages, one after the other: in chunks where the framing says so. Only
 * {@link #end} makes a chunked body look complete.
 */
final class BodyWriter {
    private static final int LINE_BYTES = 12;

    private final WriteBurst burst;
    private boolean chunked;
    private Forwarding ours = Forwarding.NONE;

    BodyWriter(WriteBurst burst) {
        this.burst = burst;
    }

    /**
     * Begins a body.
     *
     * @param set what this proxy has set in the head
     */
    void begin(boolean inChunks, Forwarding set) {
        chunked = inChunks;
        ours = set;
    }

    /** Writes a piece, which moves here. */
    void write(ByteBuf piece) {
        int length = piece.readableBytes();
        if (length == 0) {
            piece.release();
            return;
        }
        if (chunked) {
            ByteBuf line = burst.room(LINE_BYTES, length + LINE_BYTES);
            writeHex(length, line);
            line.writeByte('\r').writeByte('\n');
        }
        burst.write(piece);
        if (chunked) {
            // With room for the next chunk's line, so that both are one small write.
            burst.room(LINE_BYTES + 2, 0).writeByte('\r').writeByte('\n');
        }
    }

    /** Writes the end, with trailers. */
    void end(Fields trailers) {
        if (chunked) {
            ByteBuf out = burst.room(LINE_BYTES, 0);
            out.writeByte('0').writeByte('\r').writeByte('\n');
            HeaderRules.writeTrailers(trailers, ours, out);
            out.writeByte('\r').writeByte('\n');
        }
    }

    private static void writeHex(int value, ByteBuf out) {
        int shift = (31 - Integer.numberOfLeadingZeros(value | 1)) / 4 * 4;
        for (; shift >= 0; shift -= 4) {
            out.writeByte("0123456789abcdef".charAt(value >>> shift & 0xF));
        }
    }
}
