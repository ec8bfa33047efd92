package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadBuilder;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.Version;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads and trailers, and refuses input that other parsers read in several ways: bare line feeds, folded lines,
 * blanks before a colon in requests, control characters, start lines with other than single spaces (RFC 9112 §2.2, §3,
 * §5). Each read continues where the last bytes ended, so that a head costs the same in one piece or in many. Confined
 * to one thread.
 */
final class HeadReader {
    /** Most empty lines in front of a request. */
    private static final int MAX_EMPTY_LINES = 16;
    /** Most bytes that are looked at before it is known whether they are of the head. */
    private static final int STEP_BYTES = 512;

    /** A head may be longer than the last one of its connection by as much, and still fits its array. */
    private static final int SPARE_BYTES = 16;

    /** Largest unused part of a head's array, which lives as long as the head. */
    private static final int WORTH_TRIMMING_BYTES = 4096;

    private static final byte[] EMPTY = {};
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/'};
    private static final int VERSION_BYTES = VERSION.length + 3;

    private final HeadKind kind;
    private final int lineLimit;
    private final int fieldsLimit;
    /** Bytes beyond which no head is read on, and so none has to grow. */
    private final int most;

    private final HeadBuilder head = new HeadBuilder();
    private byte[] bytes = EMPTY;
    /** The first step of a head: heads of one connection are alike, so the array has the size of the last one. */
    private int firstStep = STEP_BYTES;

    private int filled;
    private int at;
    private Part part = Part.START;
    private int partStart;
    private int lineStart;
    private int fieldsStart = -1;
    private int emptyLines;
    private int nameEnd;
    /** Bytes that were taken out of this step's. */
    private int removed;

    private @Nullable String problem;

    /** How far a head has come. */
    enum Progress {
        /** The end is not there yet; all bytes were taken. */
        MORE,
        /** The head is complete. */
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
        LEADING_LINE_END,
        METHOD,
        TARGET,
        VERSION,
        STATUS,
        LINE_END,
        FIELD_START,
        NAME,
        NAME_BLANKS,
        VALUE,
        LAST_LINE_END,
        DONE
    }

    /**
     * @param lineLimit bytes of a start line
     * @param fieldsLimit bytes of all fields together
     */
    HeadReader(HeadKind kind, int lineLimit, int fieldsLimit) {
        this.kind = kind;
        this.lineLimit = lineLimit;
        this.fieldsLimit = fieldsLimit;
        this.most = lineLimit + fieldsLimit + STEP_BYTES;
    }

    /** The reason of a refusal; null without one. */
    @Nullable
    String problem() {
        return problem;
    }

    /** The complete head, which this reader forgets; the next bytes are of the next. */
    Head take() {
        Head last = head.complete(bytes.length - at < WORTH_TRIMMING_BYTES ? bytes : Arrays.copyOf(bytes, at), at);
        firstStep = Math.min(at + SPARE_BYTES, STEP_BYTES);
        bytes = EMPTY;
        filled = 0;
        at = 0;
        part = Part.START;
        fieldsStart = -1;
        emptyLines = 0;
        return last;
    }

    private void begin() {
        head.begin();
        if (kind.isTrailers()) {
            part = Part.FIELD_START;
            partStart = 0;
            fieldsStart = 0;
        }
    }

    /** Heap that an incomplete head takes. */
    int heldBytes() {
        return bytes.length + head.indexBytes();
    }

    /** Drops an incomplete head; nothing is read after that. */
    void forget() {
        bytes = EMPTY;
        head.forget();
    }

    /** Takes empty lines in front of a request; false if nothing is behind them. */
    boolean begins(ByteBuf in) {
        while (in.isReadable()) {
            byte b = in.getByte(in.readerIndex());
            if (part == Part.START && b == '\r' && emptyLines < MAX_EMPTY_LINES) {
                emptyLines++;
                part = Part.LEADING_LINE_END;
            } else if (part == Part.LEADING_LINE_END && b == '\n') {
                part = Part.START;
            } else {
                return true;
            }
            in.skipBytes(1);
        }
        return false;
    }

    /** Takes bytes up to the end of the head, or all. */
    Progress read(ByteBuf in) {
        if (head.isEmpty()) {
            begin();
        }
        Progress progress = Progress.MORE;
        while (progress == Progress.MORE && in.isReadable()) {
            int start = filled;
            int more = Math.min(in.readableBytes(), start == 0 ? firstStep : STEP_BYTES);
            if (start + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, start == 0 ? more : Math.max(start + more, Math.min(2 * start, most)));
            }
            in.getBytes(in.readerIndex(), bytes, start, more);
            filled += more;
            removed = 0;
            progress = scan();
            in.skipBytes((progress == Progress.COMPLETE ? at : filled) + removed - start);
        }
        return progress;
    }

    private Progress scan() {
        Progress progress = Progress.MORE;
        while (at < filled && progress == Progress.MORE && part != Part.DONE) {
            progress = switch (part) {
                case START -> start();
                case LEADING_LINE_END -> expect('\n', Part.START);
                case METHOD -> method();
                case TARGET -> target();
                case VERSION -> version();
                case STATUS -> status();
                case LINE_END -> lineEnd();
                case FIELD_START -> fieldStart();
                case NAME -> name();
                case NAME_BLANKS -> nameBlanks();
                case VALUE -> value();
                case LAST_LINE_END -> expect('\n', Part.DONE);
                case DONE -> throw new IllegalStateException("head not taken");
            };
        }
        if (progress == Progress.MORE) {
            progress = limit();
        }
        return progress == Progress.MORE && part == Part.DONE ? Progress.COMPLETE : progress;
    }

    private Progress start() {
        if (kind == HeadKind.REQUEST && bytes[at] == '\r') {
            // Empty lines in front of a request are ignored (RFC 9112 §2.2), as many as come from a careless client.
            if (++emptyLines > MAX_EMPTY_LINES) {
                return malformed("empty lines");
            }
            at++;
            return to(Part.LEADING_LINE_END);
        }
        if (kind == HeadKind.ANSWER) {
            return bytes[at] == 'H' ? to(Part.VERSION) : malformed("status line");
        }
        return to(Part.METHOD);
    }

    private Progress method() {
        if (!skip(Ascii.TOKEN)) {
            return Progress.MORE;
        }
        if (bytes[at] != ' ' || at == partStart) {
            return malformed("method");
        }
        lineStart = partStart;
        at++;
        return to(Part.TARGET);
    }

    private Progress target() {
        if (!skip(Ascii.TARGET)) {
            return Progress.MORE;
        }
        if (bytes[at] != ' ' || at == partStart) {
            return malformed("request target");
        }
        head.requestLine(lineStart, partStart - 1, at);
        at++;
        return to(Part.VERSION);
    }

    /** Up to the byte behind a version: its line's end in a request, a space in an answer. */
    private Progress version() {
        if (filled - partStart <= VERSION_BYTES) {
            at = filled;
            return Progress.MORE;
        }
        at = partStart + VERSION_BYTES;
        if (bytes[at] != (kind == HeadKind.REQUEST ? '\r' : ' ') || !isVersion(partStart)) {
            return malformed("version");
        }
        if (bytes[at - 3] != '1' || bytes[at - 1] > '1') {
            return Progress.VERSION;
        }
        head.version(bytes[at - 1] == '1' ? Version.HTTP_1_1 : Version.HTTP_1_0);
        at++;
        return to(kind == HeadKind.REQUEST ? Part.LINE_END : Part.STATUS);
    }

    private boolean isVersion(int from) {
        return Arrays.equals(bytes, from, from + VERSION.length, VERSION, 0, VERSION.length)
                && Ascii.isDigit(bytes[from + 5])
                && bytes[from + 6] == '.'
                && Ascii.isDigit(bytes[from + 7]);
    }

    private Progress status() {
        while (at < filled) {
            byte b = bytes[at];
            int position = at - partStart;
            if (position < 3) {
                if (!Ascii.isDigit(b) || position == 0 && b == '0') {
                    return malformed("status code");
                }
            } else if (b == '\r') {
                head.statusLine(partStart, at);
                at++;
                return to(Part.LINE_END);
            } else if (position == 3 ? b != ' ' : !Ascii.FIELD_VALUE[b & 0xFF]) {
                return malformed("status line");
            }
            at++;
        }
        return Progress.MORE;
    }

    private Progress lineEnd() {
        Progress progress = expect('\n', Part.FIELD_START);
        if (progress == Progress.MORE && fieldsStart < 0) {
            progress = limit();
            fieldsStart = at;
        }
        return progress;
    }

    private Progress fieldStart() {
        if (bytes[at] == '\r') {
            at++;
            return to(Part.LAST_LINE_END);
        }
        if (head.fieldCount() == HeadLimits.MOST_FIELDS) {
            return Progress.TOO_LARGE;
        }
        return Ascii.isBlank(bytes[at]) ? malformed("folded line") : to(Part.NAME);
    }

    private Progress name() {
        if (!skip(Ascii.TOKEN)) {
            return Progress.MORE;
        }
        if (at == partStart) {
            return malformed("field name");
        }
        nameEnd = at;
        if (bytes[at] == ':') {
            return nameEnd();
        }
        if (kind.isOfAnswer() && Ascii.isBlank(bytes[at])) {
            part = Part.NAME_BLANKS;
            return Progress.MORE;
        }
        return malformed("field name");
    }

    // = RFC 9112 §5.1
    // # A proxy MUST remove any such whitespace from a response message before forwarding the message downstream.
    private Progress nameBlanks() {
        while (at < filled && Ascii.isBlank(bytes[at])) {
            at++;
        }
        if (at == filled) {
            return Progress.MORE;
        }
        if (bytes[at] != ':') {
            return malformed("field name");
        }
        int gap = at - nameEnd;
        System.arraycopy(bytes, at, bytes, nameEnd, filled - at);
        removed += gap;
        filled -= gap;
        at = nameEnd;
        return nameEnd();
    }

    private Progress nameEnd() {
        head.field(bytes, partStart, at);
        at++;
        return to(Part.VALUE);
    }

    private Progress value() {
        if (!skip(Ascii.FIELD_VALUE)) {
            return Progress.MORE;
        }
        if (bytes[at] != '\r') {
            return malformed("field value");
        }
        head.value(bytes, at);
        at++;
        return to(Part.LINE_END);
    }

    /** Skips bytes of that class; false if all are. */
    private boolean skip(boolean[] table) {
        byte[] in = bytes;
        int end = filled;
        int i = at;
        while (i < end && table[in[i] & 0xFF]) {
            i++;
        }
        at = i;
        return i < end;
    }

    private Progress expect(char wanted, Part next) {
        return bytes[at++] == wanted ? to(next) : malformed("line end");
    }

    private Progress limit() {
        if (fieldsStart < 0) {
            return at - 2 > lineLimit ? Progress.LINE_TOO_LONG : Progress.MORE;
        }
        return at - fieldsStart > fieldsLimit ? Progress.TOO_LARGE : Progress.MORE;
    }

    private Progress to(Part next) {
        part = next;
        partStart = at;
        return Progress.MORE;
    }

    private Progress malformed(String why) {
        problem = why;
        return Progress.MALFORMED;
    }
}
