package io.offramp.bench;

import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Regex;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.AnswerFields;
import io.offramp.proxy.rule.FieldChange;
import io.offramp.proxy.rule.RequestFields;
import io.offramp.proxy.rule.Rewrite;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.rule.StrictTransport;
import io.offramp.proxy.rule.Template;
import io.offramp.proxy.upstream.ExchangeBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What routes and rules cost: the GET of {@link RequestBenchmark}, in plain text. ns per request. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx512m",
            "-Xbatch",
            "-XX:+UseCompactObjectHeaders",
            "-Dio.netty.leakDetection.level=disabled",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=io.offramp.bench.RecordPathBenchmark$EventLoopThreads"
        })
public class RulesBenchmark {
    private static final int MANY = 1000;

    /** Routes of the listener, or a rule of its only one. */
    @Param
    public Case routes = Case.ANY;

    private ProxyInMemory proxy;

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
        STRIP_PREFIX
    }

    /** Connects, and checks the first answer. */
    @Setup
    public void setUp() {
        proxy = new ProxyInMemory(RequestKind.GET_1K, new PlainWire(), null, configured());
    }

    private List<RouteConfig> configured() {
        RouteRules.Builder rules = new RouteRules.Builder();
        return switch (routes) {
            case ANY -> List.of(new RouteConfig(null, "/", "app"));
            case ONE -> many(0);
            case THOUSAND -> many(MANY - 1);
            case REGEX ->
                List.of(ruled(new PathCondition.Matching(new Regex("/.*")), rules), new RouteConfig(null, "/", "app"));
            case REQUEST_HEADERS -> all(rules.request(Stage.FIELDS, new RequestFields(changes())));
            case ANSWER_HEADERS -> all(rules.answer(new AnswerFields(changes())));
            case HSTS -> all(rules.answer(new StrictTransport("max-age=31536000")));
            case STRIP_PREFIX -> all(rules.request(Stage.REWRITE, new Rewrite.Prefix("")));
        };
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

    private static List<FieldChange> changes() {
        return List.of(
                new FieldChange.Remove("Cookie"),
                new FieldChange.Set("X-One", Template.parse("{client}", Set.of())),
                new FieldChange.Set("X-Two", Template.parse("{scheme}://{host}{path}", Set.of())));
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

    /** Closes both connections. */
    @TearDown
    public void tearDown() {
        proxy.close();
    }

    /** There and back. */
    @Benchmark
    public int request() {
        return proxy.carry();
    }
}
