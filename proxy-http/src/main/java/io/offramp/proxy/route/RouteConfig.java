package io.offramp.proxy.route;

import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import org.jspecify.annotations.Nullable;

/**
 * Assigns requests to an upstream, or answers them.
 *
 * @param name for metrics, logs and messages
 * @param host exact name, or {@code *.example.com}, lower case; null for any
 * @param path prefix that ends at a segment: {@code /api} matches {@code /api} and {@code /api/x}, not {@code /apis};
 *     {@code /} for any
 * @param upstream name in the configuration; null if a rule answers all requests
 * @param bounds of its exchanges
 * @param rules for its requests and answers
 * @param protection further ones
 */
public record RouteConfig(
        String name,
        @Nullable String host,
        String path,
        @Nullable String upstream,
        ExchangeBounds bounds,
        RouteRules rules,
        Protection protection) {
    /** Without protection. */
    public RouteConfig(
            String name,
            @Nullable String host,
            String path,
            @Nullable String upstream,
            ExchangeBounds bounds,
            RouteRules rules) {
        this(name, host, path, upstream, bounds, rules, Protection.NONE);
    }

    /** Without rules, and with the bounds of the upstream. */
    public RouteConfig(@Nullable String host, String path, String upstream) {
        this(host, path, upstream, ExchangeBounds.NONE);
    }

    /** Without rules. */
    public RouteConfig(@Nullable String host, String path, String upstream, ExchangeBounds bounds) {
        this(name(host, path), host, path, upstream, bounds, RouteRules.NONE);
    }

    /** The name of a route that has no other. */
    public static String name(@Nullable String host, String path) {
        return host == null ? path : host + path;
    }

    /** The same with other protection. */
    public RouteConfig with(Protection other) {
        return new RouteConfig(name, host, path, upstream, bounds, rules, other);
    }
}
