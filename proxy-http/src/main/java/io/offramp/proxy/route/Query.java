package io.offramp.proxy.route;

import java.util.ArrayList;
import java.util.List;

/** Parameters of a query, as HTML forms write them: {@code a=1&b=2}. Pure functions. */
final class Query {
    private Query() {}

    /** Values of a parameter, escapes and plus signs decoded, one character an octet; empty text for one without. */
    static List<String> values(String target, String name) {
        List<String> values = new ArrayList<>(1);
        int from = target.indexOf('?') + 1;
        while (from > 0 && from <= target.length()) {
            int end = target.indexOf('&', from);
            String parameter = target.substring(from, end < 0 ? target.length() : end);
            int equals = parameter.indexOf('=');
            if (decoded(equals < 0 ? parameter : parameter.substring(0, equals)).equals(name)) {
                values.add(equals < 0 ? "" : decoded(parameter.substring(equals + 1)));
            }
            from = end + 1;
        }
        return values;
    }

    private static String decoded(String text) {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low >= 0) {
                decoded.append((char) (high << 4 | low));
                i += 2;
            } else {
                decoded.append(c == '+' ? ' ' : c);
            }
        }
        return decoded.toString();
    }
}
