package io.offramp.proxy.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first route in the configured order without a look at all of them: routes lie by host, then by the first
 * segment of their path. Immutable.
 */
final class RouteIndex {
    private final Map<String, Segments> names = new HashMap<>();
    private final Map<String, Segments> below = new HashMap<>();
    /** Lengths of the keys of {@link #below}: a long host costs no more than a short one. */
    private final int[] suffixLengths;
    /** For any host, and by expression. */
    private final Segments others = new Segments();

    /**
     * A route in its place.
     *
     * @param order counts from 0
     */
    record Entry(int order, RouteConditions when, Route route) {
        boolean matches(@Nullable String host, String path, Predicate<RouteConditions> rest) {
            return when.matchesHost(host) && when.path().matches(path) && (!when.hasOthers() || rest.test(when));
        }
    }

    /** Routes by the first segment of their path, in their order. */
    private static final class Segments {
        private final Map<String, List<Entry>> bySegment = new HashMap<>();
        private final List<Entry> any = new ArrayList<>();

        void add(Entry entry) {
            String segment = switch (entry.when.path()) {
                case PathCondition.Prefix(String prefix) -> prefix.equals("/") ? null : segment(prefix);
                case PathCondition.Exact(String exact) -> segment(exact);
                case PathCondition.Matching regex -> null;
            };
            List<Entry> list = segment == null ? any : bySegment.computeIfAbsent(segment, made -> new ArrayList<>());
            if (!list.contains(entry)) {
                list.add(entry);
            }
        }
    }

    RouteIndex(List<Entry> entries) {
        for (Entry entry : entries) {
            if (entry.when.hosts().isEmpty()) {
                others.add(entry);
            }
            for (HostCondition host : entry.when.hosts()) {
                switch (host) {
                    case HostCondition.Name(String name) ->
                        names.computeIfAbsent(name, made -> new Segments()).add(entry);
                    case HostCondition.Below(String suffix) ->
                        below.computeIfAbsent(suffix, made -> new Segments()).add(entry);
                    case HostCondition.Matching regex -> others.add(entry);
                }
            }
        }
        suffixLengths =
                below.keySet().stream().mapToInt(String::length).distinct().toArray();
    }

    /** First segment of a path; null of a target that is none. */
    private static @Nullable String segment(String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return null;
        }
        int end = path.indexOf('/', 1);
        return path.substring(1, end < 0 ? path.length() : end);
    }

    /**
     * The first that matches; null if none does.
     *
     * @param rest whether the request meets conditions besides host and path
     */
    @Nullable
    Entry first(@Nullable String host, String path, Predicate<RouteConditions> rest) {
        Search search = new Search(host, path, segment(path), rest);
        if (host != null) {
            search.in(names.get(host));
            for (int length : suffixLengths) {
                if (host.length() > length) {
                    search.in(below.get(host.substring(host.length() - length)));
                }
            }
        }
        search.in(others);
        return search.found;
    }

    private static final class Search {
        private final @Nullable String host;
        private final String path;
        private final @Nullable String segment;
        private final Predicate<RouteConditions> rest;
        private @Nullable Entry found;

        Search(@Nullable String host, String path, @Nullable String segment, Predicate<RouteConditions> rest) {
            this.host = host;
            this.path = path;
            this.segment = segment;
            this.rest = rest;
        }

        void in(@Nullable Segments segments) {
            if (segments != null) {
                in(segments.any);
                List<Entry> some = segment == null ? null : segments.bySegment.get(segment);
                if (some != null) {
                    in(some);
                }
            }
        }

        private void in(List<Entry> entries) {
            for (int i = 0; i < entries.size(); i++) {
                Entry entry = entries.get(i);
                if (found != null && found.order < entry.order) {
                    return;
                }
                if (entry.matches(host, path, rest)) {
                    found = entry;
                    return;
                }
            }
        }
    }
}
