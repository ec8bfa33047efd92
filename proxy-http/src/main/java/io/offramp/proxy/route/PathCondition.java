package io.offramp.proxy.route;

import java.nio.charset.StandardCharsets;

/** A condition for the reading of a path. */
public sealed interface PathCondition {
    /**
     * All paths below one, which ends at a segment: {@code /api} has {@code /api} and {@code /api/x}, not
     * {@code /apis}; {@code /} has all.
     */
    record Prefix(String path) implements PathCondition {
        @Override
        public String toString() {
            return path;
        }
    }

    /** One path. */
    record Exact(String path) implements PathCondition {
        @Override
        public String toString() {
            return "=" + path;
        }
    }

    /** All paths that an expression matches. */
    record Matching(Regex regex) implements PathCondition {
        @Override
        public String toString() {
            return "~" + regex;
        }
    }

    /** Any path, also {@code *}. */
    static PathCondition any() {
        return new Prefix("/");
    }

    /** True if the reading of a path meets it. */
    default boolean matches(String path) {
        return switch (this) {
            case Prefix(String prefix) ->
                prefix.equals("/")
                        || path.startsWith(prefix)
                                && (path.length() == prefix.length()
                                        || prefix.endsWith("/")
                                        || path.charAt(prefix.length()) == '/');
            case Exact(String exact) -> path.equals(exact);
            case Matching(Regex regex) -> regex.matches(path);
        };
    }

    /** True if every path meets it. */
    default boolean isAny() {
        return this instanceof Prefix(String prefix) && prefix.equals("/");
    }

    /** True if every path that meets the other meets this one. */
    default boolean covers(PathCondition other) {
        return switch (other) {
            case Prefix(String prefix) -> this instanceof Prefix && matches(prefix);
            case Exact(String exact) -> matches(exact);
            case Matching regex -> isAny() || equals(regex);
        };
    }

    /** The same for readings, which have one character an octet. */
    default PathCondition read() {
        return switch (this) {
            case Prefix(String path) -> new Prefix(read(path));
            case Exact(String path) -> new Exact(read(path));
            case Matching regex -> regex;
        };
    }

    private static String read(String path) {
        return RoutePath.read(new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1), 0);
    }
}
