package io.offramp.proxy.route;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.offramp.proxy.rule.RouteMatch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression for all of a text, in the syntax of RE2: its time is linear in the text, whatever the expression
 * and whatever a client sends. Equal to one that is written alike. Immutable.
 */
public final class Regex {
    private final Pattern pattern;

    /** @throws IllegalArgumentException saying what is wrong */
    public Regex(String text) {
        try {
            pattern = Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("not a regular expression of RE2: " + e.getMessage(), e);
        }
    }

    /** True if it matches all of the text. */
    public boolean matches(String text) {
        return pattern.matches(text);
    }

    /** Names of its groups: numbers from 1 on, and names. */
    public Set<String> groups() {
        Set<String> names = new TreeSet<>(pattern.namedGroups().keySet());
        for (int i = 1; i <= pattern.groupCount(); i++) {
            names.add(Integer.toString(i));
        }
        return names;
    }

    /** Adds what its groups match in that text. */
    void match(@Nullable String text, List<RouteMatch.Group> groups) {
        Matcher matcher = text == null ? null : pattern.matcher(text);
        if (matcher == null || !matcher.matches()) {
            return;
        }
        for (int i = 1; i <= matcher.groupCount(); i++) {
            add(Integer.toString(i), matcher.group(i), groups);
        }
        for (Map.Entry<String, Integer> named : pattern.namedGroups().entrySet()) {
            add(named.getKey(), matcher.group(named.getValue()), groups);
        }
    }

    private static void add(String name, @Nullable String text, List<RouteMatch.Group> groups) {
        groups.add(new RouteMatch.Group(name, text == null ? "" : text));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Regex regex && regex.pattern.pattern().equals(pattern.pattern());
    }

    @Override
    public int hashCode() {
        return pattern.pattern().hashCode();
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }
}
