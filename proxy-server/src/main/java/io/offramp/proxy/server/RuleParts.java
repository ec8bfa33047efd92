package io.offramp.proxy.server;

import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.accept.ConnectionGate;
import io.offramp.proxy.accept.OpenConnections;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.compress.Compression;
import io.offramp.proxy.compress.CompressionLimits;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.guard.AddressRule;
import io.offramp.proxy.guard.BasicAuthRule;
import io.offramp.proxy.guard.CertificateRule;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.guard.ForwardAuthRule;
import io.offramp.proxy.guard.GuardConfig;
import io.offramp.proxy.guard.GuardEvents;
import io.offramp.proxy.guard.PasswordChecks;
import io.offramp.proxy.guard.VerifiedLogins;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.metrics.RuleMetrics;
import io.offramp.proxy.rate.RateEvents;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import io.offramp.proxy.rate.RateLimiter;
import io.offramp.proxy.rate.RateRule;
import io.offramp.proxy.route.Protection;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes rules about access, rates and compression. What they remember lives as long as the process: right logins, and
 * the buckets of each limit whose settings stay the same. Thread-safe.
 */
final class RuleParts implements AutoCloseable {
    /** Logins that were right lately. */
    private static final int LOGINS = 8192;

    private static final int WAITING_CHECKS = 256;

    /** Of each client: twenty at once, then ten a minute. A bucket of units that are taken behind the check. */
    private static final RateLimit WRONG_LOGINS = new RateLimit(
            "wrong-logins",
            RateLimit.What.BYTES,
            10,
            TimeUnit.MINUTES.toNanos(1),
            20,
            new RateKey.Address(),
            false,
            16_384);

    private final VerifiedLogins verified = new VerifiedLogins(LOGINS);
    private final PasswordChecks checks;
    private final RateLimiter wrong;
    private final ConcurrentHashMap<RateLimit, RateLimiter> limiters = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, OpenConnections> open = new ConcurrentHashMap<>();
    private final RuleMetrics metrics;
    private final Compression compression;

    /**
     * @param threads that check passwords, started when first needed
     * @param budget of which compressors take
     * @param compressing bounds of the current configuration
     */
    RuleParts(RuleMetrics metrics, int threads, MemoryBudget budget, Supplier<CompressionLimits> compressing) {
        this.metrics = metrics;
        checks = new PasswordChecks(threads, WAITING_CHECKS);
        wrong = new RateLimiter(WRONG_LOGINS, Ticker.systemTicker(), RateEvents.NONE);
        compression = new Compression(compressing, budget, metrics.compression());
    }

    /**
     * The rules of a route, with those that its protection means.
     *
     * @param listener its name
     * @param upstreams by name, for forward authentication
     * @throws IllegalArgumentException if there is no upstream of a name
     */
    RouteRules of(String listener, RouteConfig route, Function<String, @Nullable UpstreamGroup> upstreams) {
        Protection protection = route.protection();
        if (protection.equals(Protection.NONE)) {
            return route.rules();
        }
        RouteRules.Builder rules = route.rules().toBuilder();
        if (!protection.guard().equals(GuardConfig.NONE)) {
            guard(protection.guard(), metrics.guard(listener), upstreams, rules);
        }
        for (RateLimit each : protection.rates()) {
            RateRule rule = new RateRule(limiters.computeIfAbsent(each, this::limiter));
            rules.request(each.by().isKnownAtOnce() ? Stage.CLIENT_RATE : Stage.RATE, rule);
            if (each.what() == RateLimit.What.BYTES) {
                rules.end(rule);
            }
        }
        if (!protection.compression().codings().isEmpty()) {
            rules.filter(compression.of(protection.compression()));
        }
        return rules.build();
    }

    private void guard(
            GuardConfig guard,
            GuardEvents events,
            Function<String, @Nullable UpstreamGroup> upstreams,
            RouteRules.Builder to) {
        if (guard.addresses() != null) {
            to.request(Stage.ACCESS, new AddressRule(guard.addresses(), events));
        }
        if (guard.certificate() != null) {
            to.request(Stage.ACCESS, new CertificateRule(guard.certificate(), events));
        }
        if (guard.basicAuth() != null) {
            to.request(Stage.ACCESS, new BasicAuthRule(guard.basicAuth(), verified, checks, wrong, events));
        }
        if (guard.forwardAuth() != null) {
            UpstreamGroup group = upstreams.apply(guard.forwardAuth().upstream());
            if (group == null) {
                throw new IllegalArgumentException(
                        "no upstream '" + guard.forwardAuth().upstream() + "'");
            }
            to.request(Stage.ACCESS, new ForwardAuthRule(guard.forwardAuth(), group, events));
        }
    }

    private RateLimiter limiter(RateLimit limit) {
        return new RateLimiter(limit, Ticker.systemTicker(), metrics.rate(limit.name(), limit.dryRun()));
    }

    /** Lets in the connections of a listener. */
    ConnectionGate gate(ListenerConfig listener, ListenerMetrics events) {
        ConnectionLimits limits = listener.connections();
        RateLimit rate = limits.rate();
        return new ConnectionGate(
                listener.name(),
                limits,
                Stream.concat(listener.http().trustedProxies().stream(), listener.proxies().stream())
                        .toList(),
                open.computeIfAbsent(listener.name(), name -> new OpenConnections()),
                rate == null ? null : limiters.computeIfAbsent(rate, this::limiter),
                events,
                Ticker.systemTicker());
    }

    /** Forgets the buckets, meters and counts of limits and listeners that this configuration does not have. */
    void keep(ProxyConfig current) {
        Set<RateLimit> limits = current.listeners().stream()
                .flatMap(listener -> Stream.concat(
                        Stream.ofNullable(listener.connections().rate()),
                        listener.routes().stream().flatMap(route -> route.protection().rates().stream())))
                .collect(Collectors.toSet());
        limiters.keySet().retainAll(limits);
        metrics.keepRates(limits);
        open.keySet()
                .retainAll(
                        current.listeners().stream().map(ListenerConfig::name).collect(Collectors.toSet()));
    }

    @Override
    public void close() {
        checks.close();
    }
}
