package io.offramp.proxy.route;

import io.offramp.proxy.rule.RouteMatch;

/**
 * The readings of a path. Without habits, a path is read as RFC 3986 §6.2.2 makes paths equal, and as nearly all
 * servers do: escapes decoded, dot segments resolved, slashes merged. Upstreams differ in what else they treat as a
 * delimiter; each such habit that a path's characters allow is a bit. Pure functions.
 */
final class RoutePath {
    /** {@code %2F} is a slash. */
    private static final int SLASH = 1;
    /** A backslash is a slash, escaped or not. */
    private static final int BACKSLASH = 1 << 1;
    /** The text behind a semicolon is no part of its segment: {@code /admin;x}. */
    private static final int PARAMETERS = 1 << 2;
    /** The path ends at an escaped NUL, {@code ?} or {@code #}. */
    private static final int CUT = 1 << 3;
    /** An escaped percent sign begins an escape again: {@code %2561}. */
    private static final int TWICE = 1 << 4;
    /** {@code ..} removes an empty segment: {@code /x//../admin}. */
    private static final int EMPTY_SEGMENTS = 1 << 5;
    /** {@code ..} is an ordinary name, for servers that compare prefixes of the unresolved path. */
    static final int UNRESOLVED = 1 << 6;
    /**
     * Never used for a reading: escapes that some servers decode although no RFC has them, {@code %u0061} and overlong
     * UTF-8.
     */
    private static final int NO_ENCODING = 1 << 7;

    /** No known server needs more habits in one path. */
    private static final int MAX_HABITS = 3;
    /** A slash that is data: no other character becomes this one. */
    private static final char NO_DELIMITER = '/' + 0x100;

    private RoutePath() {}

    /**
     * True if a target's path has only one reading, itself: without an escape, a further delimiter, or a dot segment.
     */
    static boolean isPlain(String target) {
        int length = target.length();
        for (int i = 0; i < length; i++) {
            char c = target.charAt(i);
            if (c == '/') {
                char next = i + 1 < length ? target.charAt(i + 1) : ' ';
                if (next == '/' || next == '.') {
                    return false;
                }
            } else if (c == '%' || c == ';' || c == '\\') {
                return false;
            } else if (c == '?') {
                return true;
            }
        }
        return true;
    }

    /**
     * Habits that the path's characters allow, with {@link #UNRESOLVED} if it has {@code ..}; below 0 if no reading is
     * reliable.
     */
    static int habits(String path) {
        int found = 0;
        boolean empty = false;
        int last = 0;
        for (Octets octets = new Octets(path, true); octets.next(); ) {
            int c = octets.octet;
            boolean delimiter = c == '/' || c == '\\' || c == ';';
            found |= habit(c, octets.escaped) | octets.habits | (c == '.' && last == '.' ? UNRESOLVED : 0);
            empty |= delimiter && last == '/';
            last = delimiter ? '/' : c;
        }
        if (empty && (found & UNRESOLVED) != 0) {
            found |= EMPTY_SEGMENTS;
        }
        boolean clear = (found & NO_ENCODING) == 0 && Integer.bitCount(found & ~UNRESOLVED) <= MAX_HABITS;
        return clear ? found : -1;
    }

    /** How a path is written. */
    static RouteMatch.Spelling spelling(String path) {
        if (isPlain(path)) {
            return RouteMatch.Spelling.PLAIN;
        }
        // Dot segments have one reading for all who resolve them.
        int habits = habits(path);
        return (habits & ~UNRESOLVED) == 0 ? RouteMatch.Spelling.OTHER : RouteMatch.Spelling.AMBIGUOUS;
    }

    /** The habit that gives the octet a special meaning; 0 if there is none. */
    private static int habit(int octet, boolean escaped) {
        return switch (octet) {
            case '/' -> escaped ? SLASH : 0;
            case '\\' -> BACKSLASH;
            case ';' -> PARAMETERS;
            case 0, '?', '#' -> escaped ? CUT : 0;
            default -> 0;
        };
    }

    /**
     * The reading of the path with these habits: segments between single slashes, one character an octet.
     *
     * @param habits bits out of {@link #habits}
     */
    static String read(String path, int habits) {
        char[] read = new char[path.length()];
        int end = 0;
        boolean parameters = false;
        for (Octets octets = new Octets(path, (habits & TWICE) != 0); octets.next(); ) {
            int habit = habit(octets.octet, octets.escaped);
            boolean has = (habit & habits) != 0;
            if (has && habit == CUT) {
                break;
            }
            parameters |= has && habit == PARAMETERS;
            if (habit == 0 && octets.octet == '/' || has && habit != PARAMETERS) {
                parameters = false;
                read[end++] = '/';
            } else if (!parameters) {
                read[end++] = habit == SLASH ? NO_DELIMITER : (char) octets.octet;
            }
        }
        return resolve(read, end, habits);
    }

    /** Segments one after the other, in place (RFC 3986 §5.2.4). */
    private static String resolve(char[] path, int length, int habits) {
        int end = 1;
        int from = 1;
        for (int i = 1; i <= length; i++) {
            if (i < length && path[i] != '/') {
                continue;
            }
            int octets = i - from;
            boolean last = i == length;
            boolean dot = octets > 0 && path[from] == '.';
            if (dot && octets == 2 && path[from + 1] == '.' && (habits & UNRESOLVED) == 0) {
                end = parent(path, end);
            } else if ((octets > 1 || !dot) && (octets > 0 || !last && (habits & EMPTY_SEGMENTS) != 0)) {
                System.arraycopy(path, from, path, end, octets);
                end += octets;
                if (!last) {
                    path[end++] = '/';
                }
            }
            from = i + 1;
        }
        return new String(path, 0, merged(path, end));
    }

    /** Where the segment in front of a slash begins; the root has none. */
    private static int parent(char[] path, int end) {
        int at = Math.max(1, end - 1);
        while (path[at - 1] != '/') {
            at--;
        }
        return at;
    }

    private static int merged(char[] path, int length) {
        int end = 0;
        for (int i = 0; i < length; i++) {
            if (path[i] != '/' || end == 0 || path[end - 1] != '/') {
                path[end++] = path[i];
            }
        }
        return end;
    }

    /** Octets of a path, escapes decoded. */
    private static final class Octets {
        private final String path;
        private final boolean twice;
        private int at;
        private int octet;
        private boolean escaped;
        /** {@link #TWICE} and {@link #NO_ENCODING}, where the octet is a case of them. */
        private int habits;

        /** @param twice true to decode again behind a decoded percent sign */
        Octets(String path, boolean twice) {
            this.path = path;
            this.twice = twice;
        }

        boolean next() {
            if (at == path.length()) {
                return false;
            }
            octet = path.charAt(at++);
            escaped = false;
            habits = octet == '%' && at < path.length() && (path.charAt(at) | 0x20) == 'u' ? NO_ENCODING : 0;
            for (int inner = escape(); inner >= 0; inner = twice ? escape() : -1) {
                // C0 and C1 are in no valid UTF-8: they hide an ASCII character.
                habits |= (escaped ? TWICE : 0) | (inner == 0xC0 || inner == 0xC1 ? NO_ENCODING : 0);
                octet = inner;
                escaped = true;
                at += 2;
            }
            return true;
        }

        /** The octet that the percent sign just read begins, or below 0. */
        private int escape() {
            if (octet != '%' || at + 2 > path.length()) {
                return -1;
            }
            int high = Character.digit(path.charAt(at), 16);
            int low = Character.digit(path.charAt(at + 1), 16);
            return high < 0 || low < 0 ? -1 : high << 4 | low;
        }
    }
}
