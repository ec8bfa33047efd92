package io.offramp.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.compress.CompressionConfig;
import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.GuardConfig;
import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.ClientAddress;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadBuilder;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.message.Version;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
    private final Upstreams upstreams = new Upstreams(
            Map.of("api", upstream("api"), "sub", upstream("sub"), "any", upstream("any")),
            spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
            UpstreamSettings.DEFAULTS,
            name -> UpstreamEvents.NONE);

    private static UpstreamConfig upstream(String name) {
        return new UpstreamConfig(name, List.of(new HostPort("127.0.0.1", 1)));
    }

    private Router router(RouteConfig... routes) {
        return new Router(List.of(routes), upstreams::group);
    }

    private static RouteConfig to(String upstream, RouteConditions when, RouteRules rules) {
        return new RouteConfig(
                "to " + upstream, when, List.of(new RouteConfig.Share(1, upstream)), ExchangeBounds.NONE, rules);
    }

    @ParameterizedTest
    @CsvSource({
        "a.example, /api, api",
        "A.Example:8443, /api/x?y, api",
        "a.example, /apis, none",
        "a.example, /, none",
        "b.example, /api, none",
        "x.b.example, /, sub",
        "x.y.b.example, /z, sub",
        "b.example.evil, /, none",
        "[2001:db8::1]:80, /files/, any",
        "a.example, /files/x, any",
        "a.example, /files, none",
    })
    void shouldChooseFirstRouteThatMatches(String authority, String target, String expected) {
        Router router = router(
                new RouteConfig("a.example", "/api", "api"),
                new RouteConfig("*.b.example", "/", "sub"),
                new RouteConfig(null, "/files/", "any"));

        assertThat(name(router, authority, target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.example.",
                "A.EXAMPLE.:8443",
                "a.example.:",
                "%61.example",
                "a%2Eexample.",
                "a.example..",
                "%41.EXAMPLE:1"
            })
    void shouldMatchTheHostHoweverItIsWritten(String authority) {
        Router router = router(
                new RouteConfig("a.example", "/", "api"),
                new RouteConfig("*.example", "/", "sub"),
                new RouteConfig(null, "/", "any"));

        assertThat(name(router, authority, "/")).isEqualTo("api");
        assertThat(name(router, "x." + authority, "/")).isEqualTo("sub");
    }

    private static String name(Router router, @Nullable String authority, String target) {
        return switch (router.route(new RequestTarget(authority, target, null)).destination()) {
            case Destination.To(UpstreamGroup group, var bounds) -> group.name();
            case Destination.Rules rules -> "rules";
            case Destination.Split split -> "split";
            case Destination.Nowhere(Refusal refusal, String why) ->
                refusal == Refusal.NO_ROUTE ? "none" : refusal.status() + " " + why;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "open.example, /%C0%20la, sub",
        "open.example, /%u0061/%2e%2e/x%2Fy;v=1%5C%00%2561, sub",
        "x.example, /a%2Fb;v=1, any",
        "a.example, /%C0%20la, 400 path with several readings",
        "same.example, /one/..;/%C0, api",
        "same.example, /%C0, api",
    })
    void shouldLetAnyPathPassWhereTheHostHasOneDestination(String host, String target, String expected) {
        Router router = router(
                new RouteConfig("a.example", "/api", "api"),
                new RouteConfig("same.example", "/one", "api"),
                new RouteConfig("same.example", "/", "api"),
                new RouteConfig("open.example", "/", "sub"),
                new RouteConfig(null, "/", "any"));

        assertThat(name(router, host, target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/admin/../public, 400 path with several readings",
        "/admin/%2e%2e/public, 400 path with several readings",
        "/admin/x/..//../public, 400 path with several readings",
        "/public/../public/x, any",
        "/public/./x, any",
        "/public/../admin, 400 path with several readings",
        "/open/../free, sub",
    })
    void shouldLetNoDotSegmentsPassByRulesOfTheRouteForAllOthers(String target, String expected) {
        // Given
        RouteRules guarded = new RouteRules.Builder()
                .request(Stage.ACCESS, (request, next) -> next.pass())
                .build();
        List<RouteConfig> routes = List.of(
                new RouteConfig(null, "/public", "any"),
                new RouteConfig("free.example", "/free", "sub"),
                new RouteConfig("free.example", "/", "any"),
                to("any", RouteConditions.of(null, PathCondition.any()), guarded));

        // Then
        String host = expected.equals("sub") ? "free.example" : "a.example";
        assertThat(name(new Router(routes, upstreams::group), host, target)).isEqualTo(expected);
    }

    @Test
    void shouldMatchEverythingWhenFirstRouteHasNoCondition() {
        Router router = router(new RouteConfig(null, "/", "any"));

        assertThat(name(router, null, "*")).isEqualTo("any");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /x, 10.0.0.1, '', method",
        "POST, /x?v=2, 10.0.0.1, 'X-Canary: yes', query",
        "POST, /x?a&v=%31, 10.0.0.1, '', header",
        "POST, /x?v=1, 10.0.0.1, 'X-Canary: yes', client",
        "POST, /x?v=1, 192.0.2.9, 'x-canary: yes', all",
        "POST, /x?v=1, 192.0.2.9, 'x-canary: yesno', header",
    })
    void shouldTakeTheFirstRouteOfWhichAllConditionsHold(
            String method, String target, String client, String field, String missed) {
        // Given
        RouteConditions narrow = new RouteConditions(
                List.of(),
                PathCondition.any(),
                Set.of("POST", "PUT"),
                Map.of("x-canary", new ValueCondition.Matching(new Regex("y.s"))),
                Map.of("v", new ValueCondition.Text("1")),
                List.of(Cidr.parse("192.0.2.0/24")));
        RouteConfig canary = to("sub", narrow, RouteRules.NONE);
        List<RouteConfig> routes = List.of(canary, new RouteConfig(null, "/", "any"));
        RequestHead head = head(method, target, field);
        ClientAddress address = new ClientAddress(Cidr.parse(client).address(), List.of());

        // When
        Route route = new Router(routes, upstreams::group).route(head, address);
        RouteReport report = RouteReport.of(routes, head, address);

        // Then
        assertThat(route.name()).isEqualTo(missed.equals("all") ? "to sub" : "/");
        assertThat(
                        report.steps().getFirst().missed() == null
                                ? "all"
                                : report.steps().getFirst().missed())
                .startsWith(missed);
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-Proto, 192.0.2.9, any",
        "X-Forwarded-Proto, 10.0.0.9, sub",
        "X-Real-IP, 192.0.2.9, any",
        "X-Real-IP, 10.0.0.9, sub",
        "X-Client-Cert-Subject, 10.0.0.9, any",
        "X_Forwarded_Proto, 10.0.0.9, any",
        "X-Canary, 192.0.2.9, sub",
    })
    void shouldTakeNobodysWordForWhatATrustedProxySays(String field, String client, String expected) {
        // Given
        RouteConditions when = new RouteConditions(
                List.of(),
                PathCondition.any(),
                Set.of(),
                Map.of(field.toLowerCase(Locale.ROOT), new ValueCondition.Text("x")),
                Map.of(),
                List.of());
        Router router = router(to("sub", when, RouteRules.NONE), new RouteConfig(null, "/", "any"));

        // When
        Route route = router.route(
                head("GET", "/", field + ": x"),
                new ClientAddress(Cidr.parse(client).address(), List.of(Cidr.parse("10.0.0.0/8"))));

        // Then
        assertThat(route.name()).isEqualTo(expected.equals("sub") ? "to sub" : "/");
    }

    @Test
    void shouldReportThatReadingsLeadToOtherProtection() {
        Protection closed = new Protection(
                new GuardConfig(new AddressList(List.of()), null, null, null), List.of(), CompressionConfig.OFF);
        List<RouteConfig> routes =
                List.of(new RouteConfig(null, "/admin", "any").with(closed), new RouteConfig(null, "/", "any"));
        ClientAddress client = new ClientAddress(Cidr.parse("192.0.2.9").address(), List.of());

        assertThat(RouteReport.of(routes, head("GET", "/x%2F..%2Fadmin", ""), client)
                        .isAmbiguous())
                .isTrue();
        assertThat(RouteReport.of(routes, head("GET", "/x%2Fadmin", ""), client).isAmbiguous())
                .isFalse();
    }

    private static RequestHead head(String method, String target, String field) {
        String text =
                method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + (field.isEmpty() ? "" : field + "\r\n") + "\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        HeadBuilder builder = new HeadBuilder();
        builder.begin();
        builder.version(Version.HTTP_1_1);
        builder.requestLine(0, method.length(), method.length() + 1 + target.length());
        for (int at = text.indexOf("\r\n") + 2; at < text.length() - 2; at = text.indexOf("\r\n", at) + 2) {
            builder.field(bytes, at, text.indexOf(':', at));
            builder.value(bytes, text.indexOf("\r\n", at));
        }
        Head head = builder.complete(bytes, bytes.length);
        return new RequestHead(head, RequestTarget.of(head), ConnectionOptions.NONE, 0);
    }

    @Test
    void shouldSplitRequestsByWeight() {
        RouteConfig split = new RouteConfig(
                "split",
                RouteConditions.of(null, PathCondition.any()),
                List.of(
                        new RouteConfig.Share(9, "api"),
                        new RouteConfig.Share(0, "any"),
                        new RouteConfig.Share(1, "sub")),
                ExchangeBounds.NONE,
                RouteRules.NONE);

        Destination found = new Router(List.of(split), upstreams::group)
                .route(new RequestTarget(null, "/", null))
                .destination();

        assertThat(found).isInstanceOfSatisfying(Destination.Split.class, all -> {
            assertThat(all.weight()).isEqualTo(10);
            assertThat(IntStream.range(0, 10)
                            .mapToObj(all::at)
                            .map(share -> share.to().upstream().name()))
                    .filteredOn("api"::equals)
                    .hasSize(9);
            assertThat(all.at(9).to().upstream().name()).isEqualTo("sub");
        });
    }

    @Test
    void shouldRefuseRouteWhenItsUpstreamIsNotThere() {
        assertThatThrownBy(() -> router(new RouteConfig(null, "/", "gone")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'gone'");
    }
}
