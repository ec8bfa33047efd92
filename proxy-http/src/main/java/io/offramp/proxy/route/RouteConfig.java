package io.offramp.proxy.route;

import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Assigns requests to an upstream, or answers them.
 *
 * @param name for metrics, logs and messages
 * @param when conditions that its requests meet
 * @param upstreams among which they are split; empty if a rule answers all
 * @param bounds of its exchanges
 * @param rules for its requests and answers
 * @param protection further ones
 * @param shareBy what decides among several upstreams
 */
public record RouteConfig(
        String name,
        RouteConditions when,
        List<Share> upstreams,
        ExchangeBounds bounds,
        RouteRules rules,
        Protection protection,
        ShareBy shareBy) {
    /**
     * One part of a split.
     *
     * @param weight in relation to the others; 0 for none
     * @param upstream name in the configuration
     */
    public record Share(int weight, String upstream) {}

    /** Copies the list. */
    public RouteConfig {
        upstreams = List.copyOf(upstreams);
    }

    /** Without protection. */
    public RouteConfig(
            String name, RouteConditions when, List<Share> upstreams, ExchangeBounds bounds, RouteRules rules) {
        this(name, when, upstreams, bounds, rules, Protection.NONE, ShareBy.LOT);
    }

    /**
     * By host and prefix of the path, to one upstream, with its bounds.
     *
     * @param host exact name, or {@code *.example.com}, lower case; null for any
     */
    public RouteConfig(@Nullable String host, String path, String upstream) {
        this(host, path, upstream, ExchangeBounds.NONE);
    }

    /** The same with bounds of its own. */
    public RouteConfig(@Nullable String host, String path, String upstream, ExchangeBounds bounds) {
        this(
                name(host, path),
                RouteConditions.of(host, new PathCondition.Prefix(path)),
                List.of(new Share(1, upstream)),
                bounds,
                RouteRules.NONE);
    }

    /** The name of a route that has no other. */
    public static String name(@Nullable String host, String path) {
        return host == null ? path : host + path;
    }

    /** The same with other protection. */
    public RouteConfig with(Protection other) {
        return new RouteConfig(name, when, upstreams, bounds, rules, other, shareBy);
    }

    /** The same with another choice among several upstreams. */
    public RouteConfig with(ShareBy other) {
        return new RouteConfig(name, when, upstreams, bounds, rules, protection, other);
    }

    /** Its only upstream, or the first; null if a rule answers all. */
    public @Nullable String upstream() {
        return upstreams.isEmpty() ? null : upstreams.getFirst().upstream();
    }
}
