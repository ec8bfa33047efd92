package io.offramp.bench;

import io.offramp.proxy.guard.ForwardAuthConfig;
import io.offramp.proxy.guard.ForwardAuthRule;
import io.offramp.proxy.guard.GuardEvents;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Regex;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.AnswerFields;
import io.offramp.proxy.rule.RequestFields;
import io.offramp.proxy.rule.Rewrite;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.rule.StrictTransport;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;

/**
 * What routes and rules add to the GET of {@link RequestBenchmark}, in plain text. One process differs from the next by
 * more than a rule costs: several of each.
 */
@Fork(3)
public class RulesBenchmark extends ProxyBenchmark {
    private static final int MANY = 1000;

    /** Routes of the listener, or a rule of its only one. */
    @Param
    public Case routes = Case.ANY;

    /** What is measured. */
    public enum Case {
        /** One upstream for all requests. */
        ANY,
        /** One route with a host, a path and a default behind it. */
        ONE,
        /** A thousand of these; the last before the default takes the request. */
        THOUSAND,
        /** By an expression for the path. */
        REGEX,
        /** Two fields set, one removed, in the request. */
        REQUEST_HEADERS,
        /** The same in the answer. */
        ANSWER_HEADERS,
        HSTS,
        STRIP_PREFIX,
        /** A question to another server, which is in memory, too, and answers with as much as the server. */
        FORWARD_AUTH
    }

    @Override
    ProxyInMemory connect() {
        int questions = routes == Case.FORWARD_AUTH ? 1 : 0;
        return new ProxyInMemory(RequestKind.GET_1K, new PlainWire(), null, this::configured, questions);
    }

    private List<RouteConfig> configured(Upstreams upstreams) {
        RouteRules.Builder rules = new RouteRules.Builder();
        return switch (routes) {
            case ANY -> List.of(new RouteConfig(null, "/", "app"));
            case ONE -> many(0);
            case THOUSAND -> many(MANY - 1);
            case REGEX ->
                List.of(ruled(new PathCondition.Matching(new Regex("/.*")), rules), new RouteConfig(null, "/", "app"));
            case REQUEST_HEADERS -> all(rules.request(Stage.FIELDS, new RequestFields(RuleInput.changes())));
            case ANSWER_HEADERS -> all(rules.answer(new AnswerFields(RuleInput.changes())));
            case HSTS -> all(rules.answer(new StrictTransport("max-age=31536000")));
            case STRIP_PREFIX -> all(rules.request(Stage.REWRITE, new Rewrite.Prefix("")));
            case FORWARD_AUTH -> all(rules.request(Stage.ACCESS, asking(upstreams)));
        };
    }

    private static ForwardAuthRule asking(Upstreams upstreams) {
        UpstreamGroup group = Objects.requireNonNull(upstreams.group("app"));
        return new ForwardAuthRule(
                new ForwardAuthConfig("app", "/verify", Duration.ofSeconds(5), List.of("Remote-User")),
                group,
                GuardEvents.NONE);
    }

    private static List<RouteConfig> many(int others) {
        List<RouteConfig> all = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            all.add(new RouteConfig(i % 2 == 0 ? "h" + i + ".example" : null, "/p" + i, "app"));
        }
        all.add(new RouteConfig(RequestKind.HOST, RequestKind.PATH, "app"));
        all.add(new RouteConfig(null, "/", "app"));
        return all;
    }

    private static List<RouteConfig> all(RouteRules.Builder rules) {
        return List.of(ruled(PathCondition.any(), rules));
    }

    private static RouteConfig ruled(PathCondition path, RouteRules.Builder rules) {
        return new RouteConfig(
                "rule",
                RouteConditions.of(null, path),
                List.of(new RouteConfig.Share(1, "app")),
                ExchangeBounds.NONE,
                rules.build());
    }
}
