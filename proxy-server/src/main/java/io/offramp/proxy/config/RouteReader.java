package io.offramp.proxy.config;

import io.offramp.proxy.route.HostCondition;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Protection;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.ShareBy;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.balance.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a listener's {@code routes}, then its {@code upstream} for all other requests. */
final class RouteReader {
    private static final String HTTP_PURPOSE = "where requests go, " + UpstreamReader.EXPECTED + "; or else routes";
    private static final String TCP_PURPOSE = "a tcp listener sends everything to one: " + UpstreamReader.EXPECTED;
    private static final String PURPOSE = "where these requests go, " + UpstreamReader.EXPECTED;
    private static final Scalar<String> NAME = new Scalar<>(
            "a name of letters, digits and . _ : / * -, of 64 at most",
            text -> text.matches("[A-Za-z0-9._:/*-]{1,64}") ? text : null);
    private static final String[] KEYS = Stream.of(
                    Stream.of("name", "upstream", "split", "timeouts", "limits"),
                    ConditionReader.KEYS.stream(),
                    RuleReader.ROUTE_KEYS.stream(),
                    ProtectionReader.KEYS.stream())
            .flatMap(keys -> keys)
            .toArray(String[]::new);

    /** Keys of a route that change what servers get, or what they answer. */
    private static final List<String> FOR_SERVERS = Stream.concat(
                    Stream.of("request-headers", "limits", "timeouts"), RewriteReader.KEYS.stream())
            .toList();

    private static final Scalar<Integer> WEIGHT = Scalar.number(0, 1000);
    private static final RouteConditions ANY = RouteConditions.of(null, PathCondition.any());

    private final UpstreamReader upstreams;
    private final RuleReader rules;
    private final ProtectionReader protection;

    RouteReader(UpstreamReader upstreams, Surroundings surroundings) {
        this.upstreams = upstreams;
        rules = new RuleReader(surroundings);
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
                    RouteConfig route = route(section, listener, names);
                    if (route != null) {
                        add(route.with(own), value, read);
                    }
                }
            }
        }
        Value upstream = routes == null && !RuleReader.answersAll(listener)
                ? listener.require("upstream", HTTP_PURPOSE)
                : listener.get("upstream");
        if (upstream != null && RuleReader.answersAll(listener)) {
            upstream.error("no request comes so far: this listener answers all of them");
        }
        RouteRules usual = rules.read(listener, null, ANY);
        if (upstream != null) {
            fallback(upstream, mode, usual).forEach(route -> read.add(route.with(protectedBy)));
        } else if (RuleReader.answersAll(listener)) {
            read.add(new RouteConfig("/", ANY, List.of(), ExchangeBounds.NONE, usual).with(protectedBy));
        }
        return read;
    }

    /** Rules for requests that no route takes. */
    RouteRules unrouted(Section listener, ListenerConfig.Mode mode) {
        return mode == ListenerConfig.Mode.TCP ? RouteRules.NONE : rules.unrouted(listener);
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

    private List<RouteConfig> fallback(@Nullable Value upstream, ListenerConfig.Mode mode, RouteRules of) {
        String target = upstream == null ? null : target(upstream, mode);
        return target == null
                ? List.of()
                : List.of(
                        new RouteConfig("/", ANY, List.of(new RouteConfig.Share(1, target)), ExchangeBounds.NONE, of));
    }

    private static void add(RouteConfig route, Value value, List<RouteConfig> before) {
        before.stream()
                .filter(earlier -> earlier.when().covers(route.when()))
                .findFirst()
                .ifPresent(earlier -> value.warn("never used: an earlier route takes " + describe(earlier)));
        before.add(route);
    }

    private @Nullable RouteConfig route(Section section, Section listener, Map<String, String> names) {
        RouteConditions when = ConditionReader.read(section);
        if (when.path() instanceof PathCondition.Prefix(String path) && path.indexOf('*') >= 0) {
            warnOfStar(section, path);
        }
        boolean answered = RuleReader.answersAll(section);
        Value upstream = answered ? section.get("upstream") : section.require("upstream", PURPOSE);
        if (answered && upstream != null) {
            upstream.error("no request comes so far: this route answers all of them");
        }
        if (answered) {
            warnOfServers(section);
        }
        List<RouteConfig.Share> shares = upstream == null ? List.of() : shares(upstream);
        Value timeouts = section.get("timeouts");
        Value limits = section.get("limits");
        ExchangeBounds bounds = ExchangeBoundsReader.read(
                timeouts == null ? null : timeouts.section(ExchangeBoundsReader.TIMEOUTS),
                limits == null ? null : limits.section("body"));
        RouteRules of = rules.read(section, listener, when);
        String name = name(section, when, names);
        ShareBy by = SplitReader.read(section.get("split"), shares.size() > 1);
        return shares.isEmpty() && !answered ? null : new RouteConfig(name, when, shares, bounds, of).with(by);
    }

    /** The written name, or else host and path, with a number behind it if another route has them too. */
    private static String name(Section route, RouteConditions when, Map<String, String> names) {
        Value written = route.get("name");
        String wanted = route.get("name", NAME, describe(when));
        String other = names.putIfAbsent(wanted, route.value().path());
        if (other == null) {
            return wanted;
        }
        if (written != null) {
            written.error("\"" + wanted + "\" is the name of " + other + " already");
        }
        int nth = 2;
        while (names.putIfAbsent(wanted + "#" + nth, route.value().path()) != null) {
            nth++;
        }
        return wanted + "#" + nth;
    }

    /** One upstream, or several with their weights. */
    private List<RouteConfig.Share> shares(Value upstream) {
        if (upstream.isScalar()) {
            String target = target(upstream, ListenerConfig.Mode.HTTP);
            return target == null ? List.of() : List.of(new RouteConfig.Share(1, target));
        }
        List<RouteConfig.Share> shares = new ArrayList<>();
        for (Value item : upstream.items("an upstream, or a list of several with weights")) {
            Section section = item.section("to", "weight");
            Value to = section == null ? null : section.require("to", PURPOSE);
            String target = to == null ? null : target(to, ListenerConfig.Mode.HTTP);
            if (section != null && target != null) {
                shares.add(new RouteConfig.Share(section.get("weight", WEIGHT, 1), target));
            }
        }
        if (!shares.isEmpty() && shares.stream().allMatch(share -> share.weight() == 0)) {
            upstream.error("all weights are 0");
            return List.of();
        }
        return shares;
    }

    private static void warnOfServers(Section route) {
        for (String key : FOR_SERVERS) {
            Value value = route.get(key);
            if (value != null) {
                value.warn("without effect: this route answers all requests, no server gets one");
            }
        }
    }

    private static void warnOfStar(Section route, String path) {
        Value written = route.get("path");
        if (written != null) {
            int end = path.endsWith("/*") ? path.length() - 2 : -1;
            String meant = end < 0 ? "" : "; " + path.substring(0, Math.max(1, end)) + " has all that is below it";
            written.warn("the star is taken as it is, it matches nothing else" + meant);
        }
    }

    /** Host and path as far as a name goes. */
    private static String describe(RouteConditions when) {
        String hosts = when.hosts().stream().map(HostCondition::toString).collect(Collectors.joining(","));
        return hosts + when.path();
    }

    private static String describe(RouteConfig route) {
        RouteConditions when = route.when();
        return (when.hosts().isEmpty()
                        ? "any host"
                        : String.join(
                                " or ",
                                when.hosts().stream()
                                        .map(HostCondition::toString)
                                        .toList()))
                + ", " + when.path();
    }
}
