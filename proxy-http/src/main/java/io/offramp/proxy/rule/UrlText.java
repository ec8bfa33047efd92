package io.offramp.proxy.rule;

/** Text for URLs (RFC 3986). One character an octet. Pure functions. */
public final class UrlText {
    private static final String IN_PATHS = "-._~!$&'()*+,;=:@/";
    private static final String HEX = "0123456789ABCDEF";

    private UrlText() {}

    /** A path out of its reading: all that has a meaning elsewhere is escaped, and a slash that is data. */
    public static String path(String reading) {
        StringBuilder text = new StringBuilder(reading.length());
        for (int i = 0; i < reading.length(); i++) {
            char c = reading.charAt(i);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || IN_PATHS.indexOf(c) >= 0);
            append(text, c, plain);
        }
        return text.toString();
    }

    /** The same text, with escapes for what cannot stand in a URL at all. */
    static String valid(String text) {
        StringBuilder valid = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            append(valid, c, c > ' ' && c < 0x7f);
        }
        return valid.toString();
    }

    /** A reading as text: a slash that is data becomes a slash. */
    static String plain(String reading) {
        StringBuilder text = new StringBuilder(reading.length());
        reading.chars().forEach(c -> text.append((char) (c & 0xff)));
        return text.toString();
    }

    /** The upper bits only mark a slash that is data. */
    private static void append(StringBuilder to, char c, boolean plain) {
        if (plain) {
            to.append(c);
        } else {
            to.append('%').append(HEX.charAt(c >> 4 & 0xf)).append(HEX.charAt(c & 0xf));
        }
    }
}
