package io.offramp.proxy.route;

import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.rule.RouteRules;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request through the routes of a listener, for people.
 *
 * @param steps the routes in their order, up to the one that takes the request
 * @param result the route as the proxy finds it
 */
public record RouteReport(List<Step> steps, Route result) {
    /**
     * One route.
     *
     * @param missed the condition that the request does not meet; null if it meets all
     */
    public record Step(RouteConfig route, @Nullable String missed) {}

    /** Copies the list. */
    public RouteReport {
        steps = List.copyOf(steps);
    }

    /** Looks at each route in turn, then asks the router. */
    public static RouteReport of(List<RouteConfig> routes, RequestHead request, InetAddress client) {
        String host = request.target().host();
        String raw = request.target().path();
        String path = RoutePath.isPlain(raw) ? raw : RoutePath.read(raw, 0);
        List<Step> steps = new ArrayList<>();
        for (RouteConfig route : routes) {
            String missed = missed(route.when().read(), host, path, request, client);
            steps.add(new Step(route, missed));
            if (missed == null) {
                break;
            }
        }
        Router router = new Router(routes, RouteReport::named, RouteRules.NONE);
        return new RouteReport(steps, router.route(request, fields -> client));
    }

    private static @Nullable String missed(
            RouteConditions when, @Nullable String host, String path, RequestHead request, InetAddress client) {
        if (!when.matchesHost(host)) {
            return "host";
        }
        return when.path().matches(path) ? when.missed(request, fields -> client) : "path";
    }

    /** A route to the names of its upstreams: nothing is looked up, and two are alike if they lead to the same. */
    private static Route named(RouteConfig config) {
        Destination named = new Destination.Nowhere(Refusal.NO_SERVER, upstreams(config));
        return new Route(config.name(), config.when().read(), named, config.rules(), RouteEvents.NONE);
    }

    /** Names of the upstreams, with the weights of a split; empty if a rule answers all. */
    public static String upstreams(RouteConfig route) {
        boolean split = route.upstreams().size() > 1;
        return route.upstreams().stream()
                .map(share -> share.upstream() + (split ? " (weight " + share.weight() + ")" : ""))
                .collect(Collectors.joining(" or "));
    }

    /** True if readings of the path lead to different routes, so that the answer is 400. */
    public boolean isAmbiguous() {
        return result.destination().equals(Destination.AMBIGUOUS);
    }

    /** The route that takes the request; null if none does. */
    public @Nullable RouteConfig taken() {
        Step last = steps.isEmpty() ? null : steps.getLast();
        return last == null || last.missed != null || isAmbiguous() ? null : last.route;
    }
}
