package io.offramp.proxy.http.codec;

/**
 * Checks the extensions behind a chunk's size: names, with values that are tokens or quoted strings (RFC 9112 §7.1.1). Nobody understands
 * them, but who reads their line otherwise than an upstream does would find another chunk behind it. Confined to one thread.
 */
final class ChunkExtensions {
    private Part part = Part.NAME_START;

    private enum Part {
        NAME_START,
        NAME,
        NAME_END,
        VALUE_START,
        VALUE,
        VALUE_END,
        QUOTED,
        ESCAPED,
        WRONG
    }

    /** Begins behind the first semicolon. */
    void begin() {
        part = Part.NAME_START;
    }

    /** Whether the byte, which does not end the line, may stand there. */
    boolean accepts(byte b) {
        part = next(b);
        return part != Part.WRONG;
    }

    /** Whether the line may end here. */
    boolean mayEnd() {
        return part == Part.NAME || part == Part.NAME_END || part == Part.VALUE || part == Part.VALUE_END;
    }

    private Part next(byte b) {
        boolean token = Ascii.TOKEN[b & 0xFF];
        boolean blank = Ascii.isBlank(b);
        return switch (part) {
            case NAME_START -> token ? Part.NAME : blank ? Part.NAME_START : Part.WRONG;
            case NAME -> token ? Part.NAME : nameEnd(b, blank);
            case NAME_END -> nameEnd(b, blank);
            case VALUE_START -> token ? Part.VALUE : b == '"' ? Part.QUOTED : blank ? Part.VALUE_START : Part.WRONG;
            case VALUE -> token ? Part.VALUE : valueEnd(b, blank);
            case VALUE_END -> valueEnd(b, blank);
            case QUOTED -> b == '"' ? Part.VALUE_END : b == '\\' ? Part.ESCAPED : text(b);
            case ESCAPED -> text(b);
            case WRONG -> Part.WRONG;
        };
    }

    private static Part nameEnd(byte b, boolean blank) {
        return b == '=' ? Part.VALUE_START : b == ';' ? Part.NAME_START : blank ? Part.NAME_END : Part.WRONG;
    }

    private static Part valueEnd(byte b, boolean blank) {
        return b == ';' ? Part.NAME_START : blank ? Part.VALUE_END : Part.WRONG;
    }

    /** Without obs-text, which the RFC allows and others refuse. */
    private static Part text(byte b) {
        return b >= 0 && Ascii.FIELD_VALUE[b & 0xFF] ? Part.QUOTED : Part.WRONG;
    }
}
