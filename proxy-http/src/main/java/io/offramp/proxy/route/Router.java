package io.offramp.proxy.route;

import io.offramp.proxy.message.RequestTarget;
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
    private static final Route NONE = new Route(null, false, "/", Destination.UNKNOWN);

    private final Route[] routes;
    private final @Nullable Destination only;
    private final boolean byPath;

    private record Route(@Nullable String host, boolean subdomains, String path, Destination destination) {
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
     * @param configured in order of precedence
     * @param upstreams by name; null for a name that is not there
     * @throws IllegalArgumentException if a route names an upstream that is not there
     */
    public Router(List<RouteConfig> configured, Function<String, @Nullable UpstreamGroup> upstreams) {
        routes = configured.stream().map(c -> route(c, upstreams)).toArray(Route[]::new);
        boolean anything = routes.length > 0 && routes[0].host == null && routes[0].matchesAnyPath();
        only = anything ? routes[0].destination : null;
        byPath = !Arrays.stream(routes).allMatch(Route::matchesAnyPath);
    }

    private static Route route(RouteConfig config, Function<String, @Nullable UpstreamGroup> upstreams) {
        UpstreamGroup group = upstreams.apply(config.upstream());
        if (group == null) {
            throw new IllegalArgumentException("no upstream '" + config.upstream() + "'");
        }
        String host = config.host();
        boolean subdomains = host != null && host.startsWith("*.");
        String octets = new String(config.path().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return new Route(
                host != null && subdomains ? host.substring(1) : host,
                subdomains,
                RoutePath.read(octets, 0),
                new Destination.To(
                        group, config.bounds().over(group.config().limits().bounds())));
    }

    /** The destination of a request. */
    public Destination route(RequestTarget target) {
        if (only != null) {
            return only;
        }
        String host = target.host();
        String path = target.path();
        return byPath && !RoutePath.isPlain(path)
                ? route(host, path)
                : first(host, path).destination();
    }

    /** Compares all readings of the path. */
    private Destination route(@Nullable String host, String path) {
        Destination whatever = destination(host);
        if (whatever != null) {
            return whatever;
        }
        int habits = RoutePath.habits(path);
        if (habits < 0) {
            return Destination.AMBIGUOUS;
        }
        Destination found = first(host, RoutePath.read(path, 0)).destination();
        // All subsets, the empty one last.
        for (int some = habits; some > 0; some = some - 1 & habits) {
            Route other = first(host, RoutePath.read(path, some));
            boolean unresolved = (some & RoutePath.UNRESOLVED) != 0;
            // Dots have to be resolved: a server that does not can only mean the prefix that it compares.
            if (!other.destination().equals(found) && !(unresolved && other.matchesAnyPath())) {
                return Destination.AMBIGUOUS;
            }
        }
        return found;
    }

    /** The destination of all requests for a host; null if it depends on the path. */
    private @Nullable Destination destination(@Nullable String host) {
        Destination found = null;
        for (Route route : routes) {
            if (route.matchesHost(host)) {
                if (found != null && !found.equals(route.destination())) {
                    return null;
                }
                found = route.destination();
                if (route.matchesAnyPath()) {
                    return found;
                }
            }
        }
        return found == null ? NONE.destination() : null;
    }

    private Route first(@Nullable String host, String path) {
        for (Route route : routes) {
            if (route.matches(host, path)) {
                return route;
            }
        }
        return NONE;
    }
}
