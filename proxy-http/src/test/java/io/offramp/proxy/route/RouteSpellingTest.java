package io.offramp.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.http1.Http1Protocol;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a path is written: it goes where its route says, or nowhere. */
class RouteSpellingTest {
    private static final List<String> SLASHES =
            List.of("/", "//", "/./", "/%2e/", "/x/../", "/x/%2E./", "/public/../", "///", "/.//");
    private static final List<String> HABITS = List.of(
            "%2f",
            "%2F",
            "%5c",
            "\\",
            "/;/",
            "/;x=y/",
            "/..;/../",
            "/x/..;a/",
            "%252f",
            "%25252F",
            "/x%2f..%2f",
            "/x//../",
            "\\..\\",
            "/%c0%ae/",
            "%u002f",
            "%c0%af",
            "/x/%252e%252e/",
            "/%2e%2e;/");
    private static final List<String> TAILS = List.of(
            "",
            "/",
            "?q",
            "/x",
            "/x?/../..",
            ";x",
            ";",
            "%00",
            "%00.html",
            "%3fx",
            "%23",
            "/;",
            "%2fx",
            "%5c",
            "\\x",
            "/x/../y",
            "/.",
            "//");

    private final Upstreams upstreams = new Upstreams(
            Stream.of("admin", "public", "any").collect(Collectors.toMap(name -> name, RouteSpellingTest::upstream)),
            spoken -> new Http1Protocol(HeadLimits.DEFAULTS),
            UpstreamSettings.DEFAULTS,
            name -> UpstreamEvents.NONE);
    private final Router router = new Router(
            List.of(
                    new RouteConfig(null, "/admin", "admin"),
                    new RouteConfig(null, "/public", "public"),
                    new RouteConfig(null, "/", "any")),
            upstreams::group);

    private static UpstreamConfig upstream(String name) {
        return new UpstreamConfig(name, List.of(new HostPort("127.0.0.1", 1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin",
                "/admin/",
                "/admin?x",
                "//admin",
                "///admin/x",
                "/./admin",
                "/././/admin",
                "/x/../admin",
                "/../admin",
                "/%61dmin",
                "/adm%69n/x",
                "/%61%64%6D%69%6e",
                "/%2e/admin",
                "/x/%2e%2E/admin",
                "/x/.%2e/admin",
                "/admin/a%2Fb",
                "/admin/a;b=c",
                "/admin;v=1/%2e",
                "/admin/%00",
                "/admin/a%5cb",
                "/admin/100%",
                "/admin/100%25",
                "/admin/a%3Fb%23c",
                "/admin/..a/x",
                "/admin/x/..",
                "/admin/.",
                "/admin/x//../y",
                "/admin/\\x",
                "/admin/%25zz",
                "/admin/x?../..",
                "/admin%2f",
                "/admin;",
            })
    void shouldGoByTheRouteWhenAllReadThePathAlike(String path) {
        String expected = path.equals("/admin%2f") || path.startsWith("/admin;") ? "400" : "admin";
        assertThat(to(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin%2fx",
                "/admin%2F",
                "/admin;x",
                "/admin;/x",
                "/admin\\x",
                "/admin%5Cx",
                "/admin%00",
                "/admin%00x/y",
                "/admin%3fx",
                "/admin%23x",
                "/x/..;/admin",
                "/x;/../admin/%2e%2e;/y",
                "/x%2f..%2fadmin",
                "/x\\..\\admin",
                "/%2561dmin",
                "/%252561dmin",
                "/admin%252fx",
                "/x//../admin",
                "/public/..%2fadmin",
                "/public/..;/x",
                "/public%2f..%2fx",
                "/admin/..%2fx",
                "/admin/%2e%2e%5cx",
                "/admin/../x",
                "/admin/%2e%2e/x",
                "/admin/..",
                "/%u0061dmin",
                "/%c0%ae%c0%ae/admin",
                "/admin%c0%afx",
                "/x/%252e%252e/admin",
                "/;/admin/..%2f%00%255c",
            })
    void shouldRefuseAPathWhenAnotherRouteCouldBeMeant(String path) {
        assertThat(to(path)).isEqualTo("400");
    }

    @ParameterizedTest
    @CsvSource({
        "/admi%6, any",
        "/adminx, any",
        "/Admin, any",
        "/x;y=z, any",
        "/x%2fy, any",
        "/a//b/../c, any",
        "/..., any",
        "/.well-known/x, any",
        "/x/..public, any",
        "/x%5c%2f%00;, 400",
        "/x%5c%2f%00, any",
        "/, any",
        "/?/admin, any",
        "/%, any",
        "/%2, any",
        "/%zz, any",
        "/.., any",
    })
    void shouldNotRefuseWhatNoRouteDependsOn(String path, String expected) {
        assertThat(to(path)).isEqualTo(expected);
    }

    @Test
    void shouldReadNothingWhereNoRouteHasAPath() {
        Router byHost = new Router(
                List.of(new RouteConfig("b", "/", "admin"), new RouteConfig(null, "/", "any")), upstreams::group);

        assertThat(to(byHost, "/admin%2f..;/%u002f%00%5c")).isEqualTo("any");
    }

    @ParameterizedTest
    @CsvSource({
        "/a%20b, /a%20b/c",
        "/a%20b, /%61%20b",
        "/a(b), /a%28b%29",
        "/é, /%C3%A9/x",
        "/x/../a/./b/, /a/b/c",
        "/%41, /A"
    })
    void shouldReadThePathOfARouteAsThatOfARequest(String configured, String requested) {
        Router other = new Router(
                List.of(new RouteConfig(null, configured, "admin"), new RouteConfig(null, "/", "any")),
                upstreams::group);

        assertThat(to(other, requested)).isEqualTo("admin");
    }

    @Test
    void shouldNeverLeadASpellingOfARoutedPathElsewhere() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int admitted = 0;
        for (int round = 0; round < 300_000; round++) {
            boolean equal = random.nextBoolean();
            String path = slash(random, equal)
                    + spelled(random, "admin", equal)
                    + (equal ? "/x" : TAILS.get(random.nextInt(TAILS.size())));
            String to = to(path);
            assertThat(to).as("seed %d: %s", seed, path).isIn("admin", "400");
            admitted += to.equals("admin") ? 1 : 0;
        }
        assertThat(admitted).as("seed %d", seed).isGreaterThan(50_000);
    }

    /** What stands in front: equal to a slash by the RFC, or by someone's habit. */
    private static String slash(Random random, boolean equal) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(SLASHES.get(random.nextInt(SLASHES.size())));
        }
        if (!equal) {
            text.append(HABITS.get(random.nextInt(HABITS.size())));
        }
        return text.toString();
    }

    private static String spelled(Random random, String segment, boolean equal) {
        StringBuilder text = new StringBuilder();
        for (char c : segment.toCharArray()) {
            String escape = String.format(random.nextBoolean() ? "%%%02x" : "%%%02X", (int) c);
            boolean twice = !equal && random.nextInt(8) == 0;
            text.append(random.nextInt(3) > 0 ? c : twice ? "%25" + escape.substring(1) : escape);
        }
        return text.toString();
    }

    private String to(String target) {
        return to(router, target);
    }

    private static String to(Router router, String target) {
        return switch (router.route(new RequestTarget("a", target, null)).destination()) {
            case Destination.To(var group, var bounds) -> group.name();
            case Destination.Rules rules -> "rules";
            case Destination.Split split -> "split";
            case Destination.Nowhere(Refusal refusal, String why) -> "" + refusal.status();
        };
    }
}
