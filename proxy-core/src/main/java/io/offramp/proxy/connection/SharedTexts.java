package io.offramp.proxy.connection;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Reasons without their figures, each kept once, so a hundred thousand sessions share a few texts. Keeps at most
 * {@value #LIMIT} different ones; later ones become {@value #OTHER}. Lock-free for known texts, thread-safe.
 */
final class SharedTexts {
    static final int LIMIT = 1024;
    static final String OTHER = "other";

    private final ConcurrentHashMap<String, String> texts = new ConcurrentHashMap<>();

    /** The text with {@code #} for each number that stands alone: {@code auto: # MiB in # records}. */
    String of(String text) {
        String same = texts.get(text); // most reasons have no figures
        if (same != null) {
            return same;
        }
        String generic = withoutFigures(text);
        String known = texts.get(generic);
        if (known != null) {
            return known;
        }
        if (texts.size() >= LIMIT) {
            return OTHER;
        }
        String before = texts.putIfAbsent(generic, generic);
        return before == null ? generic : before;
    }

    private static String withoutFigures(String text) {
        StringBuilder generic = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean stands = i == 0 || text.charAt(i - 1) == ' ' || text.charAt(i - 1) == '(';
            if (stands && c >= '0' && c <= '9') {
                generic.append('#');
                i = endOfNumber(text, i) - 1;
            } else {
                generic.append(c);
            }
        }
        return generic.toString();
    }

    private static int endOfNumber(String text, int start) {
        int end = start;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        return end;
    }
}
