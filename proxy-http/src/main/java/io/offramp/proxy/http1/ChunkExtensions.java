package io.offramp.proxy.http1;

import io.offramp.proxy.message.Ascii;

/**
 * Checks the text between a chunk's size and the end of its line: names, with values that are tokens or quoted strings,
 * and blanks around the marks (RFC 9112 §7.1.1, RFC 9110 §5.6.3 and §5.6.4). Extensions have no use, but a reader that
 * parses their line differently from an upstream finds another chunk behind it. Confined to one thread.
 */
final class ChunkExtensions {
    private Part part = Part.BLANKS;

    private enum Part {
        /** Behind a size or a token, and at least one blank: only a semicolon leads on. */
        BLANKS,
        NAME_START,
        NAME,
        NAME_END,
        VALUE_START,
        VALUE,
        QUOTED,
        ESCAPED,
        QUOTE_END,
        WRONG
    }

    /** Begins behind the size. */
    void begin() {
        part = Part.BLANKS;
    }

    /** True if the byte, which does not end the line, may stand there. */
    boolean accepts(byte b) {
        part = next(b);
        return part != Part.WRONG;
    }

    /** True if the line may end here. */
    boolean mayEnd() {
        return part == Part.NAME || part == Part.VALUE || part == Part.QUOTE_END;
    }

    private Part next(byte b) {
        boolean token = Ascii.TOKEN[b & 0xFF];
        boolean blank = Ascii.isBlank(b);
        return switch (part) {
            case BLANKS, QUOTE_END -> end(b, blank);
            case NAME_START -> token ? Part.NAME : blank ? Part.NAME_START : Part.WRONG;
            case NAME -> token ? Part.NAME : nameEnd(b, blank);
            case NAME_END -> nameEnd(b, blank);
            case VALUE_START -> token ? Part.VALUE : b == '"' ? Part.QUOTED : blank ? Part.VALUE_START : Part.WRONG;
            case VALUE -> token ? Part.VALUE : end(b, blank);
            case QUOTED -> b == '"' ? Part.QUOTE_END : b == '\\' ? Part.ESCAPED : text(b);
            case ESCAPED -> text(b);
            case WRONG -> Part.WRONG;
        };
    }

    private static Part nameEnd(byte b, boolean blank) {
        return b == '=' ? Part.VALUE_START : b == ';' ? Part.NAME_START : blank ? Part.NAME_END : Part.WRONG;
    }

    private static Part end(byte b, boolean blank) {
        return b == ';' ? Part.NAME_START : blank ? Part.BLANKS : Part.WRONG;
    }

    private static Part text(byte b) {
        return Ascii.FIELD_VALUE[b & 0xFF] ? Part.QUOTED : Part.WRONG;
    }
}
