package io.offramp.proxy.route;

import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Routes, and a host and a path of a client: the router with its index against a plain model, which looks at each route
 * in turn. The first byte of an input is the number of routes, each of which takes a byte; a line with the host and one
 * with the path follow.
 *
 * <p>Both find the same, and where not all readings of a path lead to it, the request is refused.
 */
public final class RoutesFuzz {
    private static final long MAX_HEAP_BYTES = 4 << 20;
    private static final int MOST_ROUTES = 40;
    private static final List<List<HostCondition>> HOSTS = List.of(
            List.of(),
            List.of(HostCondition.of("a.example")),
            List.of(HostCondition.of("*.example")),
            List.of(HostCondition.of("b.a.example"), HostCondition.of("*.a.example")),
            List.of(new HostCondition.Matching(new Regex("[a-c]+\\.example"))));
    private static final List<PathCondition> PATHS = List.of(
            PathCondition.any(),
            new PathCondition.Prefix("/a"),
            new PathCondition.Prefix("/a/b"),
            new PathCondition.Exact("/a"),
            new PathCondition.Exact("/"),
            new PathCondition.Exact("/b/"),
            new PathCondition.Matching(new Regex("/(a|b)/[^/]*")),
            new PathCondition.Prefix("/admin"));

    private RoutesFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        int count = data.length == 0 ? 0 : data[0] & 0xff;
        if (data.length > count && count > 0 && count <= MOST_ROUTES) {
            String[] lines =
                    new String(data, count + 1, data.length - count - 1, StandardCharsets.ISO_8859_1).split("\n", 2);
            if (lines.length == 2 && lines[1].startsWith("/")) {
                List<RouteConfig> routes = routes(data, count);
                RequestTarget target = new RequestTarget(lines[0].isEmpty() ? null : lines[0], lines[1], null);
                Router router = new Router(routes, RoutesFuzz::route, RouteRules.NONE);
                // The model takes what it takes: it tries each reading with each route.
                Bounds.check(MAX_HEAP_BYTES, () -> router.route(target));
                judge(router, routes, target);
            }
        }
    }

    private static List<RouteConfig> routes(byte[] data, int count) {
        List<RouteConfig> routes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int choice = data[1 + i] & 0xff;
            RouteConditions when = new RouteConditions(
                    HOSTS.get(choice % HOSTS.size()),
                    PATHS.get(choice / HOSTS.size() % PATHS.size()),
                    Set.of(),
                    Map.of(),
                    Map.of(),
                    List.of());
            String upstream = "u" + choice % 7;
            routes.add(new RouteConfig(
                    upstream, when, List.of(new RouteConfig.Share(1, upstream)), ExchangeBounds.NONE, RouteRules.NONE));
        }
        return routes;
    }

    private static void judge(Router router, List<RouteConfig> routes, RequestTarget target) {
        String found = upstream(router.route(target));
        String host = target.host();
        String path = target.path();
        int habits = RoutePath.habits(path);
        if (RoutePath.isPlain(path)) {
            require(RoutePath.read(path, 0).equals(path), "a plain path with another reading");
        }
        String first = model(routes, host, RoutePath.read(path, 0));
        if (!found.equals("refused")) {
            require(habits < 0 || found.equals(first), "another route than the first");
        } else {
            boolean differs = habits < 0;
            for (int some = Math.max(habits, 0); some > 0; some = some - 1 & habits) {
                differs |= !model(routes, host, RoutePath.read(path, some)).equals(first);
            }
            require(differs, "refused though all readings lead to one route");
        }
    }

    private static Route route(RouteConfig config) {
        Destination named = new Destination.Nowhere(Refusal.NO_SERVER, config.upstream());
        return new Route(config.name(), config.when(), named, RouteRules.NONE, RouteEvents.NONE);
    }

    private static String upstream(Route route) {
        return switch (route.destination()) {
            case Destination.Nowhere(Refusal refusal, String why) ->
                refusal == Refusal.NO_SERVER ? String.valueOf(why) : refusal == Refusal.NO_ROUTE ? "none" : "refused";
            default -> throw new IllegalStateException("no name");
        };
    }

    /** By the text of the documentation alone. */
    private static String model(List<RouteConfig> routes, @Nullable String host, String path) {
        for (RouteConfig route : routes) {
            boolean byHost = route.when().hosts().isEmpty();
            for (HostCondition each : route.when().hosts()) {
                byHost |= host != null
                        && switch (each) {
                            case HostCondition.Name(String name) -> name.equals(host);
                            case HostCondition.Below(String suffix) -> !host.equals(suffix) && host.endsWith(suffix);
                            case HostCondition.Matching(Regex regex) -> host.matches(regex.toString());
                        };
            }
            boolean byPath = switch (route.when().path()) {
                case PathCondition.Prefix(String prefix) -> prefix.equals("/") || (path + "/").startsWith(prefix + "/");
                case PathCondition.Exact(String exact) -> exact.equals(path);
                case PathCondition.Matching(Regex regex) -> path.matches("(?s)" + regex);
            };
            if (byHost && byPath) {
                return route.name();
            }
        }
        return "none";
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new IllegalStateException(problem);
        }
    }
}
