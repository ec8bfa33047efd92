package io.offramp.proxy.rule;

/** Text for URLs (RFC 3986). One character an octet. Pure functions. */
public final class UrlText {
    private static final String IN_PATHS = "-._~!$&'()*+,;=:@/";
    /** Without the delimiters of parameters, and the plus sign that is a blank there. */
    private static final String IN_QUERIES = "-._~!$'()*,:@/";

    private static final String HEX = "0123456789ABCDEF";

    /** Ends of segments, for one server or another. */
    private static final String DELIMITERS = "/\\;?#\0";

    private UrlText() {}

    /** A path out of its reading: all that has a meaning elsewhere is escaped, and a slash that is data. */
    public static String path(String reading) {
        return escaped(reading, IN_PATHS);
    }

    /** A text as the value of a parameter: nothing in it ends the value. */
    static String parameter(String value) {
        return escaped(value, IN_QUERIES);
    }

    private static String escaped(String value, String marks) {
        StringBuilder text = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            append(text, c, c < 0x80 && (Character.isLetterOrDigit(c) || marks.indexOf(c) >= 0));
        }
        return text.toString();
    }

    /**
     * True if no segment of the path is {@code .} or {@code ..}, also for servers that decode twice, take escaped
     * slashes and backslashes for slashes, or cut parameters off.
     */
    static boolean isResolved(String path) {
        int from = 0;
        String decoded = decoded(path);
        for (int i = 0; i <= decoded.length(); i++) {
            if (i == decoded.length() || DELIMITERS.indexOf(decoded.charAt(i)) >= 0) {
                int length = i - from;
                boolean dot = length > 0 && length <= 2 && decoded.charAt(from) == '.' && decoded.charAt(i - 1) == '.';
                if (dot) {
                    return false;
                }
                from = i + 1;
            }
        }
        return true;
    }

    /** Escapes decoded until none is left. */
    private static String decoded(String path) {
        StringBuilder text = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            while (c == '%' && i + 2 < path.length()) {
                int high = Character.digit(path.charAt(i + 1), 16);
                int low = Character.digit(path.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    break;
                }
                c = (char) (high << 4 | low);
                i += 2;
            }
            text.append(c);
        }
        return text.toString();
    }

    /** Each run of slashes as one. */
    static String merged(String path) {
        return path.contains("//") ? path.replaceAll("/{2,}", "/") : path;
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
