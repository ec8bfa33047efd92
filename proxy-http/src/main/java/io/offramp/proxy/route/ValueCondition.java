package io.offramp.proxy.route;

import java.util.List;

/** A condition for the values of a field or of a parameter. One that meets it is enough. */
public sealed interface ValueCondition {
    /** There is one, or none. */
    record Present(boolean present) implements ValueCondition {
        @Override
        public String toString() {
            return present ? "present" : "absent";
        }
    }

    /** One has this text. */
    record Text(String text) implements ValueCondition {
        @Override
        public String toString() {
            return "=" + text;
        }
    }

    /** An expression matches one. */
    record Matching(Regex regex) implements ValueCondition {
        @Override
        public String toString() {
            return "~" + regex;
        }
    }

    /** True if the values meet it. */
    default boolean matches(List<String> values) {
        return switch (this) {
            case Present(boolean present) -> values.isEmpty() != present;
            case Text(String text) -> values.contains(text);
            case Matching(Regex regex) -> values.stream().anyMatch(regex::matches);
        };
    }
}
