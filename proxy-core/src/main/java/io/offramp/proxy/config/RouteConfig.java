package io.offramp.proxy.config;

import org.jspecify.annotations.Nullable;

/**
 * Which requests go where.
 *
 * @param host exact name, or {@code *.example.com}, lower case; null for any
 * @param path prefix that ends at a segment: {@code /api} matches {@code /api} and {@code /api/x}, not {@code /apis};
 *     {@code /} for any
 * @param upstream name in {@link ProxyConfig#upstreams()}
 */
public record RouteConfig(@Nullable String host, String path, String upstream) {}
