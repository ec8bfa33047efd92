package io.offramp.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.List;
import java.util.Map;
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
        Router router = new Router(
                List.of(
                        new RouteConfig("a.example", "/api", "api"),
                        new RouteConfig("*.b.example", "/", "sub"),
                        new RouteConfig(null, "/files/", "any")),
                upstreams::group);

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
        Router router = new Router(
                List.of(
                        new RouteConfig("a.example", "/", "api"),
                        new RouteConfig("*.example", "/", "sub"),
                        new RouteConfig(null, "/", "any")),
                upstreams::group);

        assertThat(name(router, authority, "/")).isEqualTo("api");
        assertThat(name(router, "x." + authority, "/")).isEqualTo("sub");
    }

    private static String name(Router router, @Nullable String authority, String target) {
        return switch (router.route(new RequestTarget(authority, target, null)).destination()) {
            case Destination.To(UpstreamGroup group, var bounds) -> group.name();
            case Destination.Rules rules -> "rules";
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
        Router router = new Router(
                List.of(
                        new RouteConfig("a.example", "/api", "api"),
                        new RouteConfig("same.example", "/one", "api"),
                        new RouteConfig("same.example", "/", "api"),
                        new RouteConfig("open.example", "/", "sub"),
                        new RouteConfig(null, "/", "any")),
                upstreams::group);

        assertThat(name(router, host, target)).isEqualTo(expected);
    }

    @Test
    void shouldMatchEverythingWhenFirstRouteHasNoCondition() {
        Router router = new Router(List.of(new RouteConfig(null, "/", "any")), upstreams::group);

        assertThat(name(router, null, "*")).isEqualTo("any");
    }

    @Test
    void shouldRefuseRouteWhenItsUpstreamIsNotThere() {
        assertThatThrownBy(() -> new Router(List.of(new RouteConfig(null, "/", "gone")), upstreams::group))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'gone'");
    }
}
