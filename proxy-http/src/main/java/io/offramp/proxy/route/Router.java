package io.offramp.proxy.route;

import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the upstream of a request: the first route that matches. Paths are compared as RFC 3986 §6.2.2 makes them
 * equal. A path is refused if an upstream may read it differently and another route would then match. Immutable.
 */
public final class Router {
    private final Entry[] entries;
    private final @Nullable Route only;
    private final boolean byPath;
    private final RouteRules unrouted;
    private final Entry none;
    private final Route ambiguous;

    private record Entry(@Nullable String host, boolean subdomains, String path, Route route) {
        boolean matches(@Nullable String requestHost, String requestPath) {
            return matchesHost(requestHost) && matchesPath(requestPath);
        }

        private boolean matchesHost(@Nullable String requestHost) {
            if (host == null) {
                return true;
            }
            if (requestHost == null) {
                return false;
            }
            return subdomains
                    ? requestHost.endsWith(host) && requestHost.length() > host.length()
                    : requestHost.equals(host);
        }

        /** At a segment's end: {@code /api} matches {@code /api} and {@code /api/x}, not {@code /apis}. */
        private boolean matchesPath(String requestPath) {
            if (matchesAnyPath()) {
                return true;
            }
            return requestPath.startsWith(path)
                    && (requestPath.length() == path.length()
                            || path.endsWith("/")
                            || requestPath.charAt(path.length()) == '/');
        }

        private boolean matchesAnyPath() {
            return path.equals("/");
        }
    }

    /**
     * Without rules and events besides those of the configuration.
     *
     * @throws IllegalArgumentException if a route names an upstream that is not there
     */
    public Router(List<RouteConfig> configured, Function<String, @Nullable UpstreamGroup> upstreams) {
        this(configured, upstreams, RouteConfig::rules, config -> RouteEvents.NONE, RouteRules.NONE);
    }

    /**
     * @param configured in order of precedence
     * @param upstreams by name; null for a name that is not there
     * @param rules of each route, made ready
     * @param events of each route
     * @param unrouted rules for requests that no route takes: for their answers alone
     * @throws IllegalArgumentException if a route names an upstream that is not there
     */
    public Router(
            List<RouteConfig> configured,
            Function<String, @Nullable UpstreamGroup> upstreams,
            Function<RouteConfig, RouteRules> rules,
            Function<RouteConfig, RouteEvents> events,
            RouteRules unrouted) {
        this.unrouted = unrouted;
        none = new Entry(null, false, "/", Route.unknown(unrouted));
        ambiguous = Route.ambiguous(unrouted);
        entries = configured.stream()
                .map(c -> entry(
                        c, new Route(c.name(), c.path(), destination(c, upstreams), rules.apply(c), events.apply(c))))
                .toArray(Entry[]::new);
        boolean anything = entries.length > 0 && entries[0].host == null && entries[0].matchesAnyPath();
        only = anything ? entries[0].route : null;
        byPath = !Arrays.stream(entries).allMatch(Entry::matchesAnyPath);
    }

    private static Destination destination(RouteConfig config, Function<String, @Nullable UpstreamGroup> upstreams) {
        String upstream = config.upstream();
        if (upstream == null) {
            return new Destination.Rules();
        }
        UpstreamGroup group = upstreams.apply(upstream);
        if (group == null) {
            throw new IllegalArgumentException("no upstream '" + upstream + "'");
        }
        return new Destination.To(
                group, config.bounds().over(group.config().limits().bounds()));
    }

    private static Entry entry(RouteConfig config, Route route) {
        String host = config.host();
        boolean subdomains = host != null && host.startsWith("*.");
        String octets = new String(config.path().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return new Entry(
                host != null && subdomains ? host.substring(1) : host, subdomains, RoutePath.read(octets, 0), route);
    }

    /** Rules for requests that no route takes. */
    public RouteRules unrouted() {
        return unrouted;
    }

    /** The route of a request. */
    public Route route(RequestTarget target) {
        if (only != null) {
            return only;
        }
        String host = target.host();
        String path = target.path();
        return byPath && !RoutePath.isPlain(path) ? route(host, path) : first(host, path).route;
    }

    /** Compares all readings of the path. */
    private Route route(@Nullable String host, String path) {
        Route whatever = anyPath(host);
        if (whatever != null) {
            return whatever;
        }
        int habits = RoutePath.habits(path);
        if (habits < 0) {
            return ambiguous;
        }
        Route found = first(host, RoutePath.read(path, 0)).route;
        // All subsets, the empty one last.
        for (int some = habits; some > 0; some = some - 1 & habits) {
            Entry other = first(host, RoutePath.read(path, some));
            boolean unresolved = (some & RoutePath.UNRESOLVED) != 0;
            // Dots have to be resolved: a server that does not can only mean the prefix that it compares.
            if (!other.route.isLike(found) && !(unresolved && other.matchesAnyPath())) {
                return ambiguous;
            }
        }
        return found;
    }

    /** The route of all requests for a host; null if it depends on the path. */
    private @Nullable Route anyPath(@Nullable String host) {
        Route found = null;
        for (Entry entry : entries) {
            if (entry.matchesHost(host)) {
                if (found != null && !found.isLike(entry.route)) {
                    return null;
                }
                found = entry.route;
                if (entry.matchesAnyPath()) {
                    return found;
                }
            }
        }
        return found == null ? none.route : null;
    }

    private Entry first(@Nullable String host, String path) {
        for (Entry entry : entries) {
            if (entry.matches(host, path)) {
                return entry;
            }
        }
        return none;
    }
}
