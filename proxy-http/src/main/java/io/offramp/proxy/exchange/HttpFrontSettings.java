package io.offramp.proxy.exchange;

import io.offramp.proxy.budget.LimitConfig;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.channel.TimeoutConfig;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Settings of the HTTP fronts of one listener. Immutable, thread-safe. */
public final class HttpFrontSettings {
    private final Supplier<Router> routes;
    private final List<Cidr> trustedProxies;
    private final boolean abortsOnFin;
    private final Upgrades upgrades;
    private final HttpDate date = new HttpDate(InstantSource.system());
    private final Upstreams upstreams;
    private final LimitConfig limits;
    private final @Nullable ExchangeListener accessLog;
    private final HttpEvents events;
    private final MemoryBudget budget;
    private final long headNs;
    private final long idleNs;
    private final long tunnelNs;
    private final long requestNs;
    private final long leastBytes;
    private final long bodyNs;
    private final long answerNs;

    /** With unlimited memory. */
    public HttpFrontSettings(
            List<RouteConfig> routes,
            Upstreams upstreams,
            TimeoutConfig timeouts,
            LimitConfig limits,
            @Nullable ExchangeListener accessLog,
            HttpEvents events) {
        this(routes, upstreams, timeouts, limits, accessLog, events, MemoryBudget.unlimited());
    }

    /**
     * @param routes of the listener, in order of precedence
     * @param upstreams that the routes name
     * @param accessLog gets every exchange; null for none
     * @param events counts requests
     * @param budget counts the memory of heads
     * @throws IllegalArgumentException if a route names an upstream that is not there
     */
    public HttpFrontSettings(
            List<RouteConfig> routes,
            Upstreams upstreams,
            TimeoutConfig timeouts,
            LimitConfig limits,
            @Nullable ExchangeListener accessLog,
            HttpEvents events,
            MemoryBudget budget) {
        this(routes, HttpConfig.DEFAULTS, upstreams, timeouts, limits, accessLog, events, budget);
    }

    /**
     * The same, with rules for requests.
     *
     * @throws IllegalArgumentException if a route names an upstream that is not there
     */
    public HttpFrontSettings(
            List<RouteConfig> routes,
            HttpConfig http,
            Upstreams upstreams,
            TimeoutConfig timeouts,
            LimitConfig limits,
            @Nullable ExchangeListener accessLog,
            HttpEvents events,
            MemoryBudget budget) {
        this(always(routes, upstreams), http, upstreams, timeouts, limits, accessLog, events, budget);
    }

    /**
     * The same, with routes that may change while connections are open.
     *
     * @param routes asked once for each request; any thread, cheap
     */
    public HttpFrontSettings(
            Supplier<Router> routes,
            HttpConfig http,
            Upstreams upstreams,
            TimeoutConfig timeouts,
            LimitConfig limits,
            @Nullable ExchangeListener accessLog,
            HttpEvents events,
            MemoryBudget budget) {
        trustedProxies = http.trustedProxies();
        abortsOnFin = http.abortOnFin();
        upgrades = new Upgrades(Set.copyOf(http.upgrades()));
        this.routes = routes;
        this.upstreams = upstreams;
        this.limits = limits;
        this.accessLog = accessLog;
        this.events = events;
        this.budget = budget;
        headNs = timeouts.requestHead().toNanos();
        idleNs = timeouts.idle().toNanos();
        tunnelNs = timeouts.tunnel().toNanos();
        requestNs = timeouts.request().toNanos();
        leastBytes = Math.max(1, limits.leastRate() * timeouts.body().toMillis() / 1000);
        bodyNs = timeouts.body().toNanos();
        answerNs = timeouts.upstreamAnswer().toNanos();
    }

    private static Supplier<Router> always(List<RouteConfig> routes, Upstreams upstreams) {
        Router router = new Router(routes, upstreams::group);
        return () -> router;
    }

    /** The routes of now: once for each request. */
    Router router() {
        return routes.get();
    }

    public List<Cidr> trustedProxies() {
        return trustedProxies;
    }

    /** True if a FIN ends a request whose answer has not begun. */
    public boolean abortsOnFin() {
        return abortsOnFin;
    }

    Upgrades upgrades() {
        return upgrades;
    }

    public HttpDate date() {
        return date;
    }

    public Upstreams upstreams() {
        return upstreams;
    }

    public long bodyLimit() {
        return limits.bodyBytes() == 0 ? Long.MAX_VALUE : limits.bodyBytes();
    }

    /** Limits of request lines and heads. */
    public LimitConfig limits() {
        return limits;
    }

    @Nullable
    ExchangeListener accessLog() {
        return accessLog;
    }

    public MemoryBudget budget() {
        return budget;
    }

    public HttpEvents events() {
        return events;
    }

    public long headNs() {
        return headNs;
    }

    public long idleNs() {
        return idleNs;
    }

    public long tunnelNs() {
        return tunnelNs;
    }

    /** Limit for a whole request, head and body; 0 for none. */
    public long requestNs() {
        return requestNs;
    }

    public long bodyNs() {
        return bodyNs;
    }

    /** Bytes that a client has to move in the time of {@link #bodyNs}. */
    public long leastBytes() {
        return leastBytes;
    }

    public long answerNs() {
        return answerNs;
    }

    /** The shortest limit: a deadline's task may sleep this long without a wake-up. */
    public long shortestNs() {
        return Math.min(Math.min(headNs, idleNs), Math.min(bodyNs, answerNs));
    }
}
