package io.offramp.proxy.message;

import io.netty.buffer.ByteBuf;

/** Character classes of HTTP. Pure functions; the tables are for loops, and are not to be written to. */
public final class Ascii {
    /** By byte, unsigned: tchar (RFC 9110 §5.6.2). */
    public static final boolean[] TOKEN = alphanumericAnd("!#$%&'*+-.^_`|~");

    /** By byte, unsigned: what may stand in a field value (RFC 9110 §5.5): HTAB, SP, VCHAR, obs-text. */
    public static final boolean[] FIELD_VALUE = fieldValue();

    /** By byte, unsigned: what may stand in a request target: visible ASCII, and no fragment. */
    public static final boolean[] TARGET = target();

    private static final boolean[] HOST = alphanumericAnd("-._~!$&'()*+,;=%");

    /** The bit that makes a letter small. */
    public static final int CASE = 0x20;

    private Ascii() {}

    /** Digits alone, up to 2^63 - 1; -1 for any other bytes. */
    static long number(byte[] in, int from, int to) {
        long value = from < to ? 0 : -1;
        for (int i = from; i < to && value >= 0; i++) {
            int digit = in[i] - '0';
            boolean fits = digit >= 0 && digit <= 9 && value <= (Long.MAX_VALUE - digit) / 10;
            value = fits ? value * 10 + digit : -1;
        }
        return value;
    }

    /** Writes a number from 0 on in decimal. */
    public static void writeNumber(long number, ByteBuf out) {
        long unit = 1;
        while (number / unit >= 10) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            out.writeByte('0' + (int) (number / unit % 10));
        }
    }

    private static boolean[] alphanumericAnd(String others) {
        boolean[] table = new boolean[256];
        String all = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + others;
        all.chars().forEach(c -> table[c] = true);
        return table;
    }

    private static boolean[] fieldValue() {
        boolean[] table = new boolean[256];
        for (int c = 0; c < 256; c++) {
            table[c] = c >= ' ' && c != 0x7F || c == '\t';
        }
        return table;
    }

    private static boolean[] target() {
        boolean[] table = new boolean[256];
        for (int c = ' ' + 1; c < 0x7F; c++) {
            table[c] = c != '#';
        }
        return table;
    }

    /** Whether {@code c} may stand in a registered name or an IPv4 address (RFC 3986 §3.2.2). */
    public static boolean isHost(char c) {
        return c < 256 && HOST[c];
    }

    /** A decimal digit. */
    public static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** A hexadecimal digit. */
    public static boolean isHex(char c) {
        return hex(c) >= 0;
    }

    /** Value of a hexadecimal digit; below 0 if it is none. */
    public static int hex(int c) {
        int letter = (c | CASE) - 'a';
        return isDigit(c) ? c - '0' : letter >= 0 && letter < 6 ? letter + 10 : -1;
    }

    /** SP or HTAB. */
    public static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** A character of a token that is neither letter nor digit. */
    public static boolean isMark(byte b) {
        return TOKEN[b & 0xFF] && !isDigit(b) && ((b | CASE) < 'a' || (b | CASE) > 'z');
    }

    /**
     * Whether the bytes from {@code at} on are {@code lower}, whatever their case; {@code lower} has small letters, and
     * marks that have no case.
     */
    public static boolean matches(byte[] bytes, int at, byte[] lower) {
        for (int i = 0; i < lower.length; i++) {
            byte b = bytes[at + i];
            if (b != lower[i] && (!isLetter(lower[i]) || (b | CASE) != lower[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(byte lower) {
        return lower >= 'a' && lower <= 'z';
    }
}
