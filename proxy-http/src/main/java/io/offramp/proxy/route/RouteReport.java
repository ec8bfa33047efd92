package io.offramp.proxy.route;

import io.offramp.proxy.message.ClientAddress;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;
import io.offramp.proxy.rule.Stage;
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
    public static RouteReport of(List<RouteConfig> routes, RequestHead request, ClientAddress client) {
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
        return new RouteReport(steps, router.route(request, client));
    }

    private static @Nullable String missed(
            RouteConditions when, @Nullable String host, String path, RequestHead request, ClientAddress client) {
        if (!when.matchesHost(host)) {
            return "host";
        }
        return when.path().matches(path) ? when.missed(request, client) : "path";
    }

    /**
     * A route to the names of its upstreams: nothing is looked up, and two are alike if they lead to the same. As in
     * the proxy, each protection makes rules of its own.
     */
    private static Route named(RouteConfig config) {
        Destination named = new Destination.Nowhere(Refusal.NO_SERVER, upstreams(config));
        RouteRules rules = config.rules();
        if (!config.protection().equals(Protection.NONE)) {
            rules = rules.toBuilder()
                    .request(Stage.ACCESS, new Protected(config.protection()))
                    .build();
        }
        return new Route(config.name(), config.when().read(), named, rules, RouteEvents.NONE);
    }

    private record Protected(Protection by) implements RequestRule {
        @Override
        public void apply(RuleRequest request, RuleOutcome next) {
            next.pass();
        }
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
