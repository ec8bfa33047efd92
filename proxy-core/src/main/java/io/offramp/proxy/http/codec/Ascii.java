package io.offramp.proxy.http.codec;

/** Character classes of HTTP. Pure functions. */
final class Ascii {
    private static final boolean[] TOKEN = table("!#$%&'*+-.^_`|~");
    private static final boolean[] HOST = table("-._~!$&'()*+,;=%");

    private Ascii() {}

    private static boolean[] table(String others) {
        boolean[] table = new boolean[256];
        String all = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + others;
        all.chars().forEach(c -> table[c] = true);
        return table;
    }

    /** Whether {@code b} is a tchar (RFC 9110 §5.6.2). */
    static boolean isToken(byte b) {
        return TOKEN[b & 0xFF];
    }

    /** Whether {@code b} may stand in a field value (RFC 9110 §5.5): HTAB, SP, VCHAR, obs-text. */
    static boolean isFieldValue(byte b) {
        int c = b & 0xFF;
        return c >= ' ' && c != 0x7F || c == '\t';
    }

    /** Whether {@code b} may stand in a request target: visible ASCII, and no fragment. */
    static boolean isTarget(byte b) {
        return b > ' ' && b < 0x7F && b != '#';
    }

    /** Whether {@code c} may stand in a registered name or an IPv4 address (RFC 3986 §3.2.2). */
    static boolean isHost(char c) {
        return c < 256 && HOST[c];
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isHex(char c) {
        return isDigit(c) || (c | 0x20) >= 'a' && (c | 0x20) <= 'f';
    }
}
