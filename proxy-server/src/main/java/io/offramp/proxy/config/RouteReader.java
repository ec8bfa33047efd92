package io.offramp.proxy.config;

import io.offramp.proxy.route.Protection;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.balance.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

    private static final String PURPOSE = "where these requests go, a name, host:port or unix:FILE";
    private static final Scalar<String> NAME = new Scalar<>(
            "a name of letters, digits and . _ : / * -, of 64 at most",
            text -> text.matches("[A-Za-z0-9._:/*-]{1,64}") ? text : null);
    private static final String[] KEYS = Stream.of(
                    Stream.of("name", "host", "path", "upstream", "timeouts", "limits"),
                    RuleReader.ROUTE_KEYS.stream(),
                    ProtectionReader.KEYS.stream())
            .flatMap(keys -> keys)
            .toArray(String[]::new);

    private final UpstreamReader upstreams;
    private final ProtectionReader protection;

    RouteReader(UpstreamReader upstreams, Surroundings surroundings) {
        this.upstreams = upstreams;
        protection = new ProtectionReader(surroundings, value -> target(value, ListenerConfig.Mode.HTTP));
    }

    /**
     * The routes of a listener, first match first.
     *
     * @param certificates whether it asks clients for certificates
     */
    List<RouteConfig> read(Section listener, ListenerConfig.Mode mode, boolean certificates) {
        Value routes = listener.get("routes");
        if (mode == ListenerConfig.Mode.TCP) {
            if (routes != null) {
                routes.error("a tcp listener has no routes, only an upstream");
            }
            RuleReader.refuse(listener);
            ProtectionReader.refuse(listener);
            Value upstream = listener.require("upstream", TCP_PURPOSE);
            List<RouteConfig> only = fallback(upstream, mode, RouteRules.NONE);
            only.forEach(route -> checkPolicy(route, Objects.requireNonNull(upstream)));
            return only;
        }
        List<RouteConfig> read = new ArrayList<>();
        Protection protectedBy = protection.read(listener, Protection.NONE, certificates);
        if (routes != null) {
            Map<String, String> names = new HashMap<>();
            for (Value value : routes.items("a list of routes")) {
                Section section = value.section(KEYS);
                if (section != null) {
                    Protection own = protection.read(section, protectedBy, certificates);
                    RouteConfig route = route(section, listener);
                    if (route != null) {
                        add(route.with(own), value, section, names, read);
                    }
                }
            }
        }
        Value upstream = routes == null && !RuleReader.answersAll(listener)
                ? listener.require("upstream", HTTP_PURPOSE)
                : listener.get("upstream");
        RouteRules usual = RuleReader.read(listener, null, "/");
        if (upstream != null) {
            fallback(upstream, mode, usual).forEach(route -> read.add(route.with(protectedBy)));
        } else if (RuleReader.answersAll(listener)) {
            read.add(new RouteConfig("/", null, "/", null, ExchangeBounds.NONE, usual, protectedBy));
        }
        return read;
    }

    private void checkPolicy(RouteConfig route, Value upstream) {
        UpstreamConfig config = upstreams.named(Objects.requireNonNull(route.upstream()));
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

    private List<RouteConfig> fallback(@Nullable Value upstream, ListenerConfig.Mode mode, RouteRules rules) {
        String target = upstream == null ? null : target(upstream, mode);
        return target == null
                ? List.of()
                : List.of(new RouteConfig("/", null, "/", target, ExchangeBounds.NONE, rules));
    }

    private static void add(
            RouteConfig route, Value value, Section section, Map<String, String> names, List<RouteConfig> before) {
        String other = names.putIfAbsent(route.name(), value.path());
        Value written = section.get("name");
        if (other != null && written != null) {
            written.error("\"" + route.name() + "\" is the name of " + other + " already");
        }
        before.stream()
                .filter(earlier -> covers(earlier, route))
                .findFirst()
                .ifPresent(earlier -> value.warn("never used: an earlier route takes " + describe(earlier)));
        before.add(route);
    }

    private @Nullable RouteConfig route(Section section, Section listener) {
        String host = section.entries().containsKey("host") ? section.get("host", HOST_NAME, "") : null;
        String path = section.get("path", PREFIX, "/");
        if (path.indexOf('*') >= 0) {
            warnOfStar(section, path);
        }
        boolean answered = RuleReader.answersAll(section);
        Value upstream = answered ? section.get("upstream") : section.require("upstream", PURPOSE);
        if (answered && upstream != null) {
            upstream.error("no request comes so far: this route answers all of them");
        }
        String target = upstream == null ? null : target(upstream, ListenerConfig.Mode.HTTP);
        Value timeouts = section.get("timeouts");
        Value limits = section.get("limits");
        ExchangeBounds bounds = ExchangeBoundsReader.read(
                timeouts == null ? null : timeouts.section(ExchangeBoundsReader.TIMEOUTS),
                limits == null ? null : limits.section("body"));
        RouteRules rules = RuleReader.read(section, listener, path);
        String name = section.get("name", NAME, RouteConfig.name(host, path));
        return target == null && !answered ? null : new RouteConfig(name, host, path, target, bounds, rules);
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
