package io.offramp.proxy.exchange;

import io.offramp.proxy.message.Ascii;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hops in {@code Forwarded} (RFC 7239) and {@code X-Forwarded-For}, as a proxy in front of us has written them. The
 * last is the nearest. Pure functions.
 */
final class ForwardedHops {
    private static final Pattern NODE = Pattern.compile("[0-9A-Za-z.:_\\[\\]\"-]+");

    private ForwardedHops() {}

    /**
     * The hops of {@code X-Forwarded-For}, nearest last: those behind the last one that cannot be an address or an
     * identifier.
     *
     * @param lines values of its lines
     */
    static List<String> ofList(List<String> lines) {
        List<String> hops = new ArrayList<>();
        for (String line : lines) {
            for (String hop : line.split(",", -1)) {
                String node = hop.strip();
                if (NODE.matcher(node).matches()) {
                    hops.add(node);
                } else if (!node.isEmpty()) {
                    hops.clear();
                }
            }
        }
        return hops;
    }

    /**
     * The elements of {@code Forwarded} as they came, nearest last; none if any line is malformed: where one element
     * ends is then anyone's guess.
     *
     * @param lines values of its lines
     */
    static List<String> ofElements(List<String> lines) {
        List<String> elements = new ArrayList<>();
        for (String line : lines) {
            int at = 0;
            while (at <= line.length()) {
                int end = elementEnd(line, at);
                if (end < 0) {
                    return List.of();
                }
                String element = line.substring(at, end).strip();
                if (!element.isEmpty()) {
                    elements.add(element);
                }
                at = end + 1;
            }
        }
        return elements;
    }

    /** The comma behind an element, or the end of the line; -1 if it is malformed. */
    private static int elementEnd(String line, int from) {
        Set<String> names = new HashSet<>();
        int at = blanks(line, from);
        while (at < line.length() && line.charAt(at) != ',') {
            int nameEnd = token(line, at);
            if (nameEnd == at || nameEnd == line.length() || line.charAt(nameEnd) != '=') {
                return -1;
            }
            if (!names.add(line.substring(at, nameEnd).toLowerCase(Locale.ROOT))) {
                return -1;
            }
            int valueEnd = value(line, nameEnd + 1);
            if (valueEnd < 0) {
                return -1;
            }
            at = blanks(line, valueEnd);
            if (at < line.length() && line.charAt(at) == ';') {
                at = blanks(line, at + 1);
            } else if (at < line.length() && line.charAt(at) != ',') {
                return -1;
            }
        }
        return at;
    }

    private static int blanks(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }

    private static int token(String text, int from) {
        int at = from;
        while (at < text.length() && Ascii.TOKEN[text.charAt(at) & 0xFF]) {
            at++;
        }
        return at;
    }

    /** Behind a token or a quoted string; -1 if there is neither. */
    private static int value(String text, int from) {
        if (from == text.length() || text.charAt(from) != '"') {
            int end = token(text, from);
            return end == from ? -1 : end;
        }
        for (int at = from + 1; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            at += c == '\\' ? 1 : 0;
        }
        return -1;
    }

    /**
     * The nearest of them, with one more behind.
     *
     * @param hops those in front of it; null for none
     * @param most that are kept
     */
    static String join(@Nullable List<String> hops, int most, String own) {
        if (hops == null || hops.isEmpty()) {
            return own;
        }
        StringBuilder joined = new StringBuilder();
        for (String hop : hops.subList(Math.max(0, hops.size() - most), hops.size())) {
            joined.append(hop).append(", ");
        }
        return joined.append(own).toString();
    }

    /**
     * An element of {@code Forwarded}.
     *
     * @param address of the client, without a port
     * @param host of the request; null if it has none
     */
    static String element(CharSequence address, @Nullable String host, CharSequence proto) {
        String node = address.toString();
        StringBuilder element = new StringBuilder("for=");
        element.append(node.indexOf(':') < 0 ? node : "\"[" + node + "]\"");
        if (host != null) {
            element.append(";host=").append(quoted(host));
        }
        return element.append(";proto=").append(proto).append(";by=_offramp").toString();
    }

    private static String quoted(String text) {
        boolean plain = !text.isEmpty() && token(text, 0) == text.length();
        return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
