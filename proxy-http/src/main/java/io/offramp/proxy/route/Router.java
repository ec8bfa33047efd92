package io.offramp.proxy.route;

import io.offramp.proxy.message.ClientAddress;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request: the first that matches. Paths are compared as RFC 3986 §6.2.2 makes them equal. A path
 * is refused if an upstream may read it differently and another route would then match. Immutable.
 */
public final class Router {
    private final List<RouteIndex.Entry> entries;
    private final RouteIndex index;
    private final @Nullable Route only;
    private final boolean byPath;
    private final boolean byOthers;
    private final RouteRules unrouted;
    private final RouteIndex.Entry none;
    private final Route ambiguous;

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
        this(
                configured,
                config -> new Route(
                        config.name(),
                        config.when().read(),
                        destination(config, upstreams),
                        rules.apply(config),
                        events.apply(config)),
                unrouted);
    }

    /**
     * @param configured in order of precedence
     * @param routes makes each
     * @param unrouted rules for requests that no route takes
     */
    Router(List<RouteConfig> configured, Function<RouteConfig, Route> routes, RouteRules unrouted) {
        this.unrouted = unrouted;
        none = new RouteIndex.Entry(
                Integer.MAX_VALUE, RouteConditions.of(null, PathCondition.any()), Route.unknown(unrouted));
        ambiguous = Route.ambiguous(unrouted);
        entries = new ArrayList<>(configured.size());
        for (RouteConfig config : configured) {
            Route route = routes.apply(config);
            entries.add(new RouteIndex.Entry(entries.size(), route.when(), route));
        }
        index = new RouteIndex(entries);
        RouteConditions first = entries.isEmpty() ? null : entries.getFirst().when();
        boolean anything =
                first != null && first.hosts().isEmpty() && first.path().isAny() && !first.hasOthers();
        only = anything ? entries.getFirst().route() : null;
        byPath = !entries.stream().allMatch(entry -> entry.when().path().isAny());
        byOthers = entries.stream().anyMatch(entry -> entry.when().hasOthers());
    }

    private static Destination destination(RouteConfig config, Function<String, @Nullable UpstreamGroup> upstreams) {
        List<Destination.Share> shares = new ArrayList<>();
        for (RouteConfig.Share share : config.upstreams()) {
            UpstreamGroup group = upstreams.apply(share.upstream());
            if (group == null) {
                throw new IllegalArgumentException("no upstream '" + share.upstream() + "'");
            }
            ExchangeBounds bounds = config.bounds().over(group.config().limits().bounds());
            shares.add(new Destination.Share(share.weight(), new Destination.To(group, bounds)));
        }
        return switch (shares.size()) {
            case 0 -> new Destination.Rules();
            case 1 -> shares.getFirst().to();
            default -> new Destination.Split(shares, config.shareBy());
        };
    }

    /** Rules for requests that no route takes. */
    public RouteRules unrouted() {
        return unrouted;
    }

    /**
     * The route of a request.
     *
     * @param client what is known of its client
     */
    public Route route(RequestHead request, ClientAddress client) {
        return byOthers
                ? route(request.target(), when -> when.missed(request, client) == null)
                : route(request.target());
    }

    /** The route of a request of which no more is known: no route with conditions besides host and path takes it. */
    public Route route(RequestTarget target) {
        return only != null ? only : route(target, when -> false);
    }

    private Route route(RequestTarget target, Predicate<RouteConditions> rest) {
        if (only != null) {
            return only;
        }
        String host = target.host();
        String path = target.path();
        if (!byPath || RoutePath.isPlain(path)) {
            return first(host, path, rest).route();
        }
        int habits = RoutePath.habits(path);
        if (habits < 0) {
            return whatever(host, rest);
        }
        Route found = first(host, RoutePath.read(path, 0), rest).route();
        // All subsets, the empty one last.
        for (int some = habits; some > 0; some = some - 1 & habits) {
            RouteIndex.Entry other = first(host, RoutePath.read(path, some), rest);
            boolean unresolved = (some & RoutePath.UNRESOLVED) != 0;
            // Dots have to be resolved: a server that does not can only mean the prefix that it compares.
            boolean compared = !unresolved || !other.when().path().isAny();
            if (!other.route().isLike(found) && (compared || !found.hasRequestRulesOf(other.route()))) {
                return whatever(host, rest);
            }
        }
        return found;
    }

    /** The route of a path with several readings: that of all requests for the host, else none. */
    private Route whatever(@Nullable String host, Predicate<RouteConditions> rest) {
        Route found = null;
        for (RouteIndex.Entry entry : entries) {
            RouteConditions when = entry.when();
            if (when.matchesHost(host) && (!when.hasOthers() || rest.test(when))) {
                if (found != null && !found.isLike(entry.route())) {
                    return ambiguous;
                }
                found = entry.route();
                if (when.path().isAny()) {
                    return found;
                }
            }
        }
        return found == null ? none.route() : ambiguous;
    }

    private RouteIndex.Entry first(@Nullable String host, String path, Predicate<RouteConditions> rest) {
        RouteIndex.Entry found = index.first(host, path, rest);
        return found == null ? none : found;
    }
}
