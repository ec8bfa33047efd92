package io.offramp.proxy.http.codec;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the raw bytes of a head before a decoder does, and refuses what that would let pass: bare line feeds, folded
 * lines, blanks before a colon, control characters, start lines with other than single spaces (RFC 9112 §2.2, §3, §5).
 * Reads, never moves the buffer's indices. Confined to one thread.
 */
public final class HeadCheck {
    /** Most fields in one head, so that rules that look at pairs of fields stay cheap. */
    private static final int MAX_FIELDS = 256;

    private final Kind kind;
    private final int lineLimit;
    private final int fieldsLimit;
    private Part part = Part.START;
    private int scanned;
    private int partStart;
    private int fieldsStart;
    private int fields;
    private boolean emptyLineSkipped;
    private @Nullable String problem;

    /** What kind of head. */
    public enum Kind {
        /** Request line and fields. */
        REQUEST,
        /** Status line and fields. */
        ANSWER
    }

    /** How far a head has come. */
    public enum Progress {
        /** The end is not there yet. */
        MORE,
        /** The head is complete, and may be decoded. */
        COMPLETE,
        /** Not HTTP/1; {@link #problem()} says why. */
        MALFORMED,
        /** A start line above the limit. */
        LINE_TOO_LONG,
        /** Fields above the limit, in bytes or number. */
        TOO_LARGE,
        /** HTTP, but neither 1.0 nor 1.1. */
        VERSION
    }

    private enum Part {
        START,
        METHOD,
        TARGET,
        VERSION,
        STATUS,
        FIELD_START,
        NAME,
        VALUE,
        LINE_END,
        LAST_LINE_END,
        LEADING_LINE_END
    }

    /**
     * @param lineLimit   bytes of a start line
     * @param fieldsLimit bytes of all fields together
     */
    public HeadCheck(Kind kind, int lineLimit, int fieldsLimit) {
        this.kind = kind;
        this.lineLimit = lineLimit;
        this.fieldsLimit = fieldsLimit;
    }

    /** Forgets the last head. */
    public void reset() {
        part = Part.START;
        scanned = 0;
        fields = 0;
        fieldsStart = 0;
        emptyLineSkipped = false;
        problem = null;
    }

    /** Bytes of the head, from its first to behind its empty line, once it is complete. */
    public int headBytes() {
        return scanned;
    }

    /** Why it was refused; null if it was not. */
    public @Nullable String problem() {
        return problem;
    }

    /**
     * Goes on where the last call stopped.
     *
     * @param in the head's first byte is its first readable one, at every call
     */
    public Progress check(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        for (int i = start + scanned; i < end; i++) {
            byte b = in.getByte(i);
            scanned++;
            if (part == Part.VALUE && b != '\r') {
                if (!Ascii.isFieldValue(b)) {
                    return malformed("field value");
                }
                continue;
            }
            Progress progress = step(b, in, i);
            if (progress != Progress.MORE) {
                return progress;
            }
        }
        return limit();
    }

    private Progress step(byte b, ByteBuf in, int i) {
        return switch (part) {
            case START -> start(b);
            case METHOD -> Ascii.isToken(b) ? Progress.MORE : b == ' ' ? to(Part.TARGET) : malformed("method");
            case TARGET -> Ascii.isTarget(b) ? Progress.MORE : b == ' ' ? targetEnd() : malformed("request target");
            case VERSION -> version(b, in, i);
            case STATUS -> status(b);
            case FIELD_START -> fieldStart(b);
            case NAME -> Ascii.isToken(b) ? Progress.MORE : b == ':' ? to(Part.VALUE) : malformed("field name");
            case VALUE -> to(Part.LINE_END);
            case LINE_END -> b == '\n' ? lineEnd() : malformed("line end");
            case LAST_LINE_END -> b == '\n' ? complete() : malformed("line end");
            case LEADING_LINE_END -> b == '\n' ? to(Part.START) : malformed("line end");
        };
    }

    private Progress start(byte b) {
        if (b == '\r' && kind == Kind.REQUEST && !emptyLineSkipped) {
            // One empty line in front of a request is ignored (RFC 9112 §2.2).
            emptyLineSkipped = true;
            return to(Part.LEADING_LINE_END);
        }
        if (kind == Kind.ANSWER) {
            partStart = scanned - 1;
            part = Part.VERSION;
            return b == 'H' ? Progress.MORE : malformed("status line");
        }
        partStart = scanned;
        part = Part.METHOD;
        return Ascii.isToken(b) ? Progress.MORE : malformed("method");
    }

    private Progress targetEnd() {
        return scanned > partStart + 1 ? to(Part.VERSION) : malformed("request target");
    }

    /** At the byte behind a version: its line's end in a request, a space in an answer. */
    private Progress version(byte b, ByteBuf in, int i) {
        int length = scanned - 1 - partStart;
        if (length < 8) {
            return Progress.MORE;
        }
        if (b != (kind == Kind.REQUEST ? '\r' : ' ') || !isVersion(in, i - 8)) {
            return malformed("version");
        }
        if (in.getByte(i - 3) != '1' || in.getByte(i - 1) > '1') {
            return Progress.VERSION;
        }
        return to(kind == Kind.REQUEST ? Part.LINE_END : Part.STATUS);
    }

    private static boolean isVersion(ByteBuf in, int at) {
        return in.getByte(at) == 'H'
                && in.getByte(at + 1) == 'T'
                && in.getByte(at + 2) == 'T'
                && in.getByte(at + 3) == 'P'
                && in.getByte(at + 4) == '/'
                && Ascii.isDigit(in.getByte(at + 5))
                && in.getByte(at + 6) == '.'
                && Ascii.isDigit(in.getByte(at + 7));
    }

    private Progress status(byte b) {
        int position = scanned - 1 - partStart;
        if (position < 3) {
            return Ascii.isDigit(b) && (position > 0 || b != '0') ? Progress.MORE : malformed("status code");
        }
        if (b == '\r') {
            return to(Part.LINE_END);
        }
        boolean good = position == 3 ? b == ' ' : Ascii.isFieldValue(b);
        return good ? Progress.MORE : malformed("status line");
    }

    private Progress fieldStart(byte b) {
        if (b == '\r') {
            return to(Part.LAST_LINE_END);
        }
        part = Part.NAME;
        if (++fields > MAX_FIELDS) {
            return Progress.TOO_LARGE;
        }
        return Ascii.isToken(b) ? Progress.MORE : malformed(b == ' ' || b == '\t' ? "folded line" : "field name");
    }

    private Progress lineEnd() {
        Progress progress = limit();
        if (fieldsStart == 0) {
            fieldsStart = scanned;
        }
        part = Part.FIELD_START;
        return progress;
    }

    private Progress complete() {
        Progress progress = limit();
        return progress == Progress.MORE ? Progress.COMPLETE : progress;
    }

    private Progress limit() {
        if (fieldsStart == 0) {
            return scanned - 2 > lineLimit ? Progress.LINE_TOO_LONG : Progress.MORE;
        }
        return scanned - fieldsStart > fieldsLimit ? Progress.TOO_LARGE : Progress.MORE;
    }

    private Progress to(Part next) {
        part = next;
        partStart = scanned;
        return Progress.MORE;
    }

    private Progress malformed(String why) {
        problem = why;
        return Progress.MALFORMED;
    }
}
