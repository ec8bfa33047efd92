package io.offramp.proxy.route;

import io.offramp.proxy.upstream.ExchangeBounds;
import org.jspecify.annotations.Nullable;

/**
 * Assigns requests to an upstream.
 *
 * @param host exact name, or {@code *.example.com}, lower case; null for any
 * @param path prefix that ends at a segment: {@code /api} matches {@code /api} and {@code /api/x}, not {@code /apis};
 *     {@code /} for any
 * @param upstream name in the configuration
 * @param bounds of its exchanges
 */
public record RouteConfig(@Nullable String host, String path, String upstream, ExchangeBounds bounds) {
    /** With the bounds of the upstream. */
    public RouteConfig(@Nullable String host, String path, String upstream) {
        this(host, path, upstream, ExchangeBounds.NONE);
    }
}
