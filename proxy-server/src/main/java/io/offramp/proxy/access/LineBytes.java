package io.offramp.proxy.access;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line into an array. A long value is cut and ends in {@code ...+} and the number of missing characters, so no
 * line is longer than {@value #MOST_BYTES} bytes. Allocates nothing. Confined to one thread.
 */
final class LineBytes {
    /** Longest line, its end included. */
    static final int MOST_BYTES = 4096;

    /** Length of a line from which on values have little room. */
    private static final int ROOMY_BYTES = 2560;

    private static final int VALUE_CHARS = 1024;
    private static final int LEAST_VALUE_CHARS = 48;
    private static final int ESCAPED_CHARS = 6;
    /** Two quotes, and the note that a value was cut. */
    private static final int AROUND_BYTES = 16;

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final byte[] CUT = {'.', '.', '.', '+'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    /** Characters that a quoted or bare value has as they are. */
    private static final boolean[] PRINTED = new boolean[128];
    /** Characters of values that need no quotes in text. */
    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (int c = ' '; c < 0x7f; c++) {
            PRINTED[c] = c != '"' && c != '\\';
            PLAIN[c] = PRINTED[c] && c != ' ' && c != '=';
        }
    }

    private byte[] bytes = {};
    private int start;
    private int at;

    /** A line begins here; there is room for {@link #MOST_BYTES}. */
    void begin(byte[] into, int from) {
        bytes = into;
        start = from;
        at = from;
    }

    /** Behind what is written. */
    int end() {
        return at;
    }

    /** The line is complete. */
    void newline() {
        bytes[at++] = '\n';
    }

    /** As it is. */
    void literal(byte[] text) {
        System.arraycopy(text, 0, bytes, at, text.length);
        at += text.length;
    }

    /** In decimal; not negative. */
    void number(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        int i = at + digits;
        at = i;
        long rest = value;
        do {
            bytes[--i] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
    }

    /** Milliseconds with three decimals. */
    void millis(long durationNs) {
        long micros = TimeUnit.NANOSECONDS.toMicros(durationNs);
        number(micros / 1000);
        bytes[at++] = '.';
        thousandths((int) (micros % 1000));
    }

    /** A date and time with milliseconds. */
    void time(DateText date, long epochMs) {
        literal(date.seconds());
        thousandths((int) Math.floorMod(epochMs, 1000L));
        literal(date.offset());
    }

    private void thousandths(int value) {
        bytes[at++] = (byte) ('0' + value / 100);
        bytes[at++] = (byte) ('0' + value / 10 % 10);
        bytes[at++] = (byte) ('0' + value % 10);
    }

    /** A value in one of the styles. */
    void value(@Nullable String value, LinePart.Style style) {
        switch (style) {
            case TEXT -> text(value);
            case JSON -> json(value);
            case BARE -> bare(value);
        }
    }

    /** A quote around what is not a string in JSON. */
    void quoteIn(LinePart.Style style) {
        if (style == LinePart.Style.JSON) {
            bytes[at++] = '"';
        }
    }

    /** True or false; null if unknown. */
    void flag(@Nullable Boolean value, LinePart.Style style) {
        if (value == null) {
            unknown(style);
        } else {
            copy(value ? "true" : "false", PLAIN);
        }
    }

    private void unknown(LinePart.Style style) {
        if (style == LinePart.Style.JSON) {
            literal(NULL);
        } else {
            bytes[at++] = '-';
        }
    }

    private void text(@Nullable String value) {
        if (value == null) {
            unknown(LinePart.Style.TEXT);
        } else if (value.isEmpty() || !copy(value, PLAIN)) {
            textWithCare(value);
        }
    }

    private void textWithCare(String value) {
        if (!isPlain(value)) {
            quoted(value);
            return;
        }
        int shown = Math.min(value.length(), room());
        for (int i = 0; i < shown; i++) {
            bytes[at++] = (byte) value.charAt(i);
        }
        cut(value, shown);
    }

    private void json(@Nullable String value) {
        if (value == null) {
            unknown(LinePart.Style.JSON);
            return;
        }
        bytes[at++] = '"';
        if (copy(value, PRINTED)) {
            bytes[at++] = '"';
        } else {
            at--;
            quoted(value);
        }
    }

    private void bare(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            unknown(LinePart.Style.BARE);
        } else if (!copy(value, PRINTED)) {
            escaped(value, at + room() - ESCAPED_CHARS);
        }
    }

    /** The usual case: copies a value as it is; false, and nothing is written, if it is too long or needs escapes. */
    private boolean copy(String value, boolean[] asTheyAre) {
        int length = value.length();
        if (length > room()) {
            return false;
        }
        byte[] to = bytes;
        int from = at;
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= 128 || !asTheyAre[c]) {
                return false;
            }
            to[from + i] = (byte) c;
        }
        at = from + length;
        return true;
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= 128 || !PLAIN[c]) {
                return false;
            }
        }
        return !value.isEmpty();
    }

    private void quoted(String value) {
        int until = at + room() - ESCAPED_CHARS;
        bytes[at++] = '"';
        escaped(value, until);
        bytes[at++] = '"';
    }

    private void escaped(String value, int until) {
        int i = 0;
        for (; i < value.length() && at < until; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                bytes[at++] = '\\';
                bytes[at++] = (byte) c;
            } else if (c < ' ' || c >= 0x7f) {
                bytes[at++] = '\\';
                bytes[at++] = 'u';
                for (int shift = 12; shift >= 0; shift -= 4) {
                    bytes[at++] = HEX[c >> shift & 15];
                }
            } else {
                bytes[at++] = (byte) c;
            }
        }
        cut(value, i);
    }

    /** Where the longest value ends that begins so far behind the start of its line. */
    static int longestEnd(int length) {
        return length + roomBehind(length) + AROUND_BYTES;
    }

    private int room() {
        return roomBehind(at - start);
    }

    private static int roomBehind(int length) {
        return Math.clamp(ROOMY_BYTES - length, LEAST_VALUE_CHARS, VALUE_CHARS);
    }

    private void cut(String value, int shown) {
        if (shown < value.length()) {
            literal(CUT);
            number(value.length() - shown);
        }
    }
}
