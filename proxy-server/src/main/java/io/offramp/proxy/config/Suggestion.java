package io.offramp.proxy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Suggestions for an unknown name. */
final class Suggestion {
    private Suggestion() {}

    /** The text behind "unknown …": the name that was probably meant, or else all known names. */
    static String of(String given, Collection<String> known) {
        if (known.isEmpty()) {
            return "; there is none";
        }
        String nearest = known.stream()
                .min(Comparator.comparingInt(name -> distance(given, name)))
                .orElseThrow();
        if (distance(given, nearest) <= Math.max(1, nearest.length() / 3)) {
            return ", did you mean \"" + nearest + "\"?";
        }
        return "; known are " + String.join(", ", known);
    }

    /** Levenshtein distance, ignoring case. */
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        if (Math.abs(a.length() - b.length()) > b.length()) {
            return Integer.MAX_VALUE;
        }
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
