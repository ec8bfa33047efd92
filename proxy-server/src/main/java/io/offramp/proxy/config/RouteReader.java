package io.offramp.proxy.config;

import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.balance.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a listener's {@code routes}, then its {@code upstream} for all other requests. */
final class RouteReader {
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final Pattern PATH = Pattern.compile("(/[^/?#\\s]+)*/?");

    private static final Scalar<String> HOST_NAME =
            new Scalar<>("a host name such as www.example.com or *.example.com", text -> {
                String lower = text.toLowerCase(Locale.ROOT);
                return HOST.matcher(lower).matches() ? lower : null;
            });
    private static final Scalar<String> PREFIX = new Scalar<>(
            "a path such as /api, without query",
            text -> text.startsWith("/") && PATH.matcher(text).matches() ? withoutLastSlash(text) : null);

    private static final String HTTP_PURPOSE = "where requests go, a name, host:port or unix:FILE; or else routes";
    private static final String TCP_PURPOSE = "a tcp listener sends everything to one: a name, host:port or unix:FILE";

    private final UpstreamReader upstreams;

    RouteReader(UpstreamReader upstreams) {
        this.upstreams = upstreams;
    }

    /** The routes of a listener, first match first. */
    List<RouteConfig> read(Section listener, ListenerConfig.Mode mode) {
        Value routes = listener.get("routes");
        if (mode == ListenerConfig.Mode.TCP) {
            if (routes != null) {
                routes.error("a tcp listener has no routes, only an upstream");
            }
            Value upstream = listener.require("upstream", TCP_PURPOSE);
            List<RouteConfig> only = fallback(upstream, mode);
            only.forEach(route -> checkPolicy(route, Objects.requireNonNull(upstream)));
            return only;
        }
        List<RouteConfig> read = new ArrayList<>();
        if (routes != null) {
            routes.items("a list of routes").forEach(route -> add(route, read));
            read.addAll(fallback(listener.get("upstream"), mode));
        } else {
            read.addAll(fallback(listener.require("upstream", HTTP_PURPOSE), mode));
        }
        return read;
    }

    private void checkPolicy(RouteConfig route, Value upstream) {
        UpstreamConfig config = upstreams.named(route.upstream());
        Policy policy = config == null ? null : config.balance().policy();
        if (policy != null && policy.needsRequest()) {
            upstream.error("the servers of " + route.upstream() + " are chosen by requests (" + policy.word()
                    + "), and a tcp listener sees none; choose by address");
        }
    }

    /** In http mode, requests of several clients share a connection to a server, so no header can name one of them. */
    private @Nullable String target(Value value, ListenerConfig.Mode mode) {
        String name = upstreams.target(value);
        UpstreamConfig config = name == null ? null : upstreams.named(name);
        if (config != null && config.proxyProtocol() != null && mode == ListenerConfig.Mode.HTTP) {
            value.error("the servers of " + name + " get a PROXY header, which needs mode: tcp");
        }
        return name;
    }

    private List<RouteConfig> fallback(@Nullable Value upstream, ListenerConfig.Mode mode) {
        String target = upstream == null ? null : target(upstream, mode);
        return target == null ? List.of() : List.of(new RouteConfig(null, "/", target));
    }

    private void add(Value value, List<RouteConfig> before) {
        RouteConfig route = route(value);
        if (route == null) {
            return;
        }
        before.stream()
                .filter(earlier -> covers(earlier, route))
                .findFirst()
                .ifPresent(earlier -> value.warn("never used: an earlier route takes " + describe(earlier)));
        before.add(route);
    }

    private @Nullable RouteConfig route(Value value) {
        Section section = value.section("host", "path", "upstream", "timeouts", "limits");
        if (section == null) {
            return null;
        }
        String host = section.entries().containsKey("host") ? section.get("host", HOST_NAME, "") : null;
        String path = section.get("path", PREFIX, "/");
        if (path.indexOf('*') >= 0) {
            warnOfStar(section, path);
        }
        Value upstream = section.require("upstream", "where these requests go, a name, host:port or unix:FILE");
        String target = upstream == null ? null : target(upstream, ListenerConfig.Mode.HTTP);
        Value timeouts = section.get("timeouts");
        Value limits = section.get("limits");
        ExchangeBounds bounds = ExchangeBoundsReader.read(
                timeouts == null ? null : timeouts.section(ExchangeBoundsReader.TIMEOUTS),
                limits == null ? null : limits.section("body"));
        return target == null ? null : new RouteConfig(host, path, target, bounds);
    }

    private static void warnOfStar(Section route, String path) {
        Value written = route.get("path");
        if (written != null) {
            int end = path.endsWith("/*") ? path.length() - 2 : -1;
            String meant = end < 0 ? "" : "; " + path.substring(0, Math.max(1, end)) + " has all that is below it";
            written.warn("the star is taken as it is, it matches nothing else" + meant);
        }
    }

    /** True if the earlier route leaves no request for the later one. */
    private static boolean covers(RouteConfig earlier, RouteConfig later) {
        boolean host = earlier.host() == null || earlier.host().equals(later.host());
        boolean path = earlier.path().equals("/") || (later.path() + "/").startsWith(earlier.path() + "/");
        return host && path;
    }

    private static String describe(RouteConfig route) {
        return (route.host() == null ? "any host" : route.host()) + ", " + route.path();
    }

    private static String withoutLastSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
