package io.offramp.proxy.http;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.http.codec.Fields;

/**
 * Writes one message's body, in chunks if its framing says so. Only {@link #end} makes a chunked body look complete.
 */
final class BodyWriter {
    private static final int LINE_BYTES = 12;

    private final WriteBurst burst;
    private boolean chunked;
    private long bytes;

    BodyWriter(WriteBurst burst) {
        this.burst = burst;
    }

    /** Begins a body. */
    void begin(boolean inChunks) {
        chunked = inChunks;
    }

    /** Bytes of data so far. */
    long bytes() {
        return bytes;
    }

    /** Writes a piece, which moves here. */
    void write(ByteBuf piece) {
        int length = piece.readableBytes();
        if (length == 0) {
            piece.release();
            return;
        }
        bytes += length;
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

    /** Counts data that went another way. */
    void onSpliced(int more) {
        bytes += more;
    }

    /** Writes the end, with trailers. */
    void end(Fields trailers) {
        if (chunked) {
            ByteBuf out = burst.room(LINE_BYTES, 0);
            out.writeByte('0').writeByte('\r').writeByte('\n');
            HeaderRules.writeTrailers(trailers, out);
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
