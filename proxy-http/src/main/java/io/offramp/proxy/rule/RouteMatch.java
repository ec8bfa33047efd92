package io.offramp.proxy.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way in which a route has matched a request.
 *
 * @param path the reading of the path by which it was routed, one character an octet: escapes decoded, dot segments
 *     resolved, slashes merged
 * @param prefix of the path that the route names; {@code /} if it names none
 * @param groups of the regular expressions of path and host, by their names; those of the path also by number
 * @param spelling of the path as it came
 */
public record RouteMatch(String path, String prefix, List<Group> groups, Spelling spelling) {
    /** How the path is written. */
    public enum Spelling {
        /** As it is read: no program reads it in another way. */
        PLAIN,
        /** Otherwise than it is read: with dot segments, or escapes of ordinary characters. */
        OTHER,
        /** With delimiters that some servers take for data and others do not. */
        AMBIGUOUS
    }

    /** Of a path that is written as it is read. */
    public RouteMatch(String path, String prefix, List<Group> groups) {
        this(path, prefix, groups, Spelling.PLAIN);
    }

    /** What a group of a regular expression has matched. */
    public record Group(String name, String text) {}

    /** What that group has matched; null if there is none of that name. */
    public @Nullable String group(String name) {
        for (Group group : groups) {
            if (group.name.equals(name)) {
                return group.text;
            }
        }
        return null;
    }
}
