package io.offramp.proxy.http;

import io.offramp.proxy.config.RouteConfig;
import io.offramp.proxy.http.codec.RequestTarget;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the upstream of a request: the first route that matches. Immutable. */
final class Router {
    private final Route[] routes;
    private final @Nullable UpstreamGroup only;

    private record Route(@Nullable String host, boolean subdomains, String path, UpstreamGroup upstream) {
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
            if (path.equals("/")) {
                return true;
            }
            return requestPath.startsWith(path)
                    && (requestPath.length() == path.length()
                            || path.endsWith("/")
                            || requestPath.charAt(path.length()) == '/');
        }
    }

    /**
     * @param configured in order of precedence
     * @param upstreams  by name; null for a name that is not there
     * @throws IllegalArgumentException if a route names an upstream that is not there
     */
    Router(List<RouteConfig> configured, Function<String, @Nullable UpstreamGroup> upstreams) {
        routes = configured.stream().map(c -> route(c, upstreams)).toArray(Route[]::new);
        boolean anything = routes.length > 0 && routes[0].host == null && routes[0].path.equals("/");
        only = anything ? routes[0].upstream : null;
    }

    private static Route route(RouteConfig config, Function<String, @Nullable UpstreamGroup> upstreams) {
        UpstreamGroup group = upstreams.apply(config.upstream());
        if (group == null) {
            throw new IllegalArgumentException("no upstream '" + config.upstream() + "'");
        }
        String host = config.host();
        boolean subdomains = host != null && host.startsWith("*.");
        return new Route(subdomains ? host.substring(1) : host, subdomains, config.path(), group);
    }

    /** The upstream for a request, or null if no route matches. */
    @Nullable UpstreamGroup route(RequestTarget target) {
        if (only != null) {
            return only;
        }
        String host = target.host();
        String path = target.path();
        for (Route route : routes) {
            if (route.matches(host, path)) {
                return route.upstream;
            }
        }
        return null;
    }
}
