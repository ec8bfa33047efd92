package io.offramp.bench;

import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.route.HostCondition;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Regex;
import io.offramp.proxy.route.Route;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.route.ValueCondition;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** How long it takes to find the route of a request, by one condition of the first of two. */
public class RouteBenchmark extends PartBenchmark {
    /** Of the first route. */
    @Param
    public Condition condition = Condition.NONE;

    private final RequestHead head = RuleInput.head("/users/4711/orders?page=2", "X-Version", "2");
    private Router router = router(Condition.NONE);

    /** What is measured. */
    public enum Condition {
        /** Any request. */
        NONE(List.of(), PathCondition.any(), Set.of(), Map.of(), Map.of(), List.of()),
        HOST(List.of(HostCondition.of("bench.example"))),
        HOST_WILDCARD(List.of(HostCondition.of("*.example"))),
        HOST_REGEX(List.of(new HostCondition.Matching(new Regex("[a-z]+\\.example")))),
        PATH_PREFIX(new PathCondition.Prefix("/users")),
        PATH_EXACT(new PathCondition.Exact("/users/4711/orders")),
        PATH_REGEX(new PathCondition.Matching(new Regex("/users/([0-9]+)(/.*)?"))),
        METHOD(List.of(), PathCondition.any(), Set.of("GET", "HEAD"), Map.of(), Map.of(), List.of()),
        HEADER(List.of(), PathCondition.any(), Set.of(), Map.of("x-version", text()), Map.of(), List.of()),
        QUERY(List.of(), PathCondition.any(), Set.of(), Map.of(), Map.of("page", text()), List.of()),
        CLIENT(List.of(), PathCondition.any(), Set.of(), Map.of(), Map.of(), List.of(Cidr.parse("10.0.0.0/8")));

        private final RouteConditions when;

        Condition(List<HostCondition> hosts) {
            this(hosts, PathCondition.any(), Set.of(), Map.of(), Map.of(), List.of());
        }

        Condition(PathCondition path) {
            this(List.of(), path, Set.of(), Map.of(), Map.of(), List.of());
        }

        Condition(
                List<HostCondition> hosts,
                PathCondition path,
                Set<String> methods,
                Map<String, ValueCondition> fields,
                Map<String, ValueCondition> parameters,
                List<Cidr> clients) {
            when = new RouteConditions(hosts, path, methods, fields, parameters, clients);
        }

        private static ValueCondition text() {
            return new ValueCondition.Text("2");
        }
    }

    private static Router router(Condition first) {
        return new Router(List.of(route("first", first.when), route("other", Condition.NONE.when)), name -> null);
    }

    /** To no server: a rule would answer. */
    private static RouteConfig route(String name, RouteConditions when) {
        return new RouteConfig(name, when, List.of(), ExchangeBounds.NONE, RouteRules.NONE);
    }

    /** Makes it, and checks which route is found. */
    @Setup
    public void setUp() {
        router = router(condition);
        if (!find().name().equals("first")) {
            throw new IllegalStateException("not the first route");
        }
    }

    /** The route. */
    @Benchmark
    public Route find() {
        return router.route(head, input.client().source());
    }
}
