package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body in chunks (RFC 9112 §7.1), by the grammar and nothing beside it: sizes are hexadecimal digits, up to
 * 2^63 - 1 and with zeros in front as far as the line's limit goes; extensions are checked and forgotten; lines end
 * with CRLF. Takes every byte that it has looked at. Confined to one thread.
 */
final class ChunkReader {
    private final int lineLimit;
    private final HeadReader trailerReader;
    private final ChunkExtensions extensions = new ChunkExtensions();
    private Part part = Part.SIZE;
    private long size;
    private int lineBytes;
    private Fields trailers = Fields.NONE;
    private @Nullable String problem;

    /** What is there now. */
    enum Found {
        /** Nothing before more bytes. */
        MORE,
        /** Data of a chunk: {@link #data}. */
        DATA,
        /** The end, and {@link #trailers()}. */
        END,
        /** {@link #problem()} says what was wrong. */
        MALFORMED,
        /** Trailers above the limit. */
        TOO_LARGE
    }

    private enum Part {
        SIZE,
        EXTENSION,
        SIZE_END,
        DATA,
        DATA_RETURN,
        DATA_END,
        /** At the first byte behind the last chunk's line. */
        LAST,
        LAST_END,
        TRAILERS
    }

    /**
     * @param trailers of which kind
     * @param lineLimit bytes of a chunk's size and extensions
     * @param fieldsLimit bytes of all trailers
     */
    ChunkReader(HeadKind trailers, int lineLimit, int fieldsLimit) {
        this.lineLimit = lineLimit;
        trailerReader = new HeadReader(trailers, lineLimit, fieldsLimit);
    }

    @Nullable
    String problem() {
        return problem;
    }

    /** Trailers of the body that has ended. */
    Fields trailers() {
        return trailers;
    }

    /** Begins a body. */
    void begin() {
        part = Part.SIZE;
        size = 0;
        lineBytes = 0;
        trailers = Fields.NONE;
    }

    /** The next thing found. */
    Found next(ByteBuf in) {
        Found found = Found.MORE;
        while (found == Found.MORE && in.isReadable()) {
            found = switch (part) {
                case SIZE -> size(in.readByte());
                case EXTENSION -> extension(in.readByte());
                case SIZE_END -> expect(in.readByte(), '\n', size == 0 ? Part.LAST : Part.DATA);
                case DATA -> Found.DATA;
                case DATA_RETURN -> expect(in.readByte(), '\r', Part.DATA_END);
                case DATA_END -> expect(in.readByte(), '\n', Part.SIZE);
                case LAST -> last(in);
                case LAST_END -> in.readByte() == '\n' ? Found.END : malformed("end of body");
                case TRAILERS -> trailers(in);
            };
        }
        return found;
    }

    private Found size(byte b) {
        int digit = Ascii.hex(b);
        if (digit >= 0) {
            boolean fits = size <= Long.MAX_VALUE >> 4 && ++lineBytes <= lineLimit;
            size = size << 4 | digit;
            return fits ? Found.MORE : malformed("size of a chunk");
        }
        if (lineBytes == 0 || b != '\r' && b != ';' && !Ascii.isBlank(b)) {
            return malformed("size of a chunk");
        }
        if (b == '\r') {
            part = Part.SIZE_END;
            return Found.MORE;
        }
        part = Part.EXTENSION;
        extensions.begin();
        return extension(b);
    }

    private Found extension(byte b) {
        if (b == '\r' && extensions.mayEnd()) {
            part = Part.SIZE_END;
            return Found.MORE;
        }
        return ++lineBytes > lineLimit || !extensions.accepts(b) ? malformed("extension of a chunk") : Found.MORE;
    }

    private Found expect(byte b, char wanted, Part next) {
        if (b != wanted) {
            return malformed("line end of a chunk");
        }
        part = next;
        if (next == Part.SIZE) {
            size = 0;
            lineBytes = 0;
        }
        return Found.MORE;
    }

    private Found last(ByteBuf in) {
        if (in.getByte(in.readerIndex()) == '\r') {
            in.skipBytes(1);
            part = Part.LAST_END;
        } else {
            part = Part.TRAILERS;
        }
        return Found.MORE;
    }

    private Found trailers(ByteBuf in) {
        return switch (trailerReader.read(in)) {
            case MORE -> Found.MORE;
            case COMPLETE -> {
                trailers = trailerReader.take().fields();
                yield Found.END;
            }
            case TOO_LARGE, LINE_TOO_LONG -> Found.TOO_LARGE;
            case MALFORMED, VERSION -> malformed("trailers: " + trailerReader.problem());
        };
    }

    private Found malformed(String why) {
        problem = why;
        return Found.MALFORMED;
    }

    /** As much of the chunk's data as is there, retained for the caller. */
    ByteBuf data(ByteBuf in) {
        int bytes = (int) Math.min(size, in.readableBytes());
        size -= bytes;
        if (size == 0) {
            part = Part.DATA_RETURN;
        }
        return in.readRetainedSlice(bytes);
    }
}
