package io.offramp.proxy.exchange;

import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.pool.Upstreams;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Settings of the HTTP fronts of one listener. Immutable, thread-safe. */
public final class HttpFrontSettings {
    private final Supplier<Router> routes;
    private final HttpSettings http;
    private final Upgrades upgrades;
    private final HttpDate date = new HttpDate(InstantSource.system());
    private final Upstreams upstreams;
    private final @Nullable ExchangeListener accessLog;
    private final HttpEvents events;
    private final MemoryBudget budget;
    private final BiPredicate<String, String> sharedNames;
    private final long headNs;
    private final long idleNs;
    private final long tunnelNs;
    private final long requestNs;
    private final long leastBytes;
    private final long bodyNs;
    private final long answerNs;
    private final long pauseNs;
    private final long totalNs;

    private HttpFrontSettings(Builder from) {
        routes = from.routes;
        upstreams = from.upstreams;
        http = from.http;
        accessLog = from.accessLog;
        events = from.events;
        budget = from.budget;
        sharedNames = from.sharedNames;
        upgrades = new Upgrades(Set.copyOf(http.upgrades()));
        headNs = http.headTimeout().toNanos();
        idleNs = http.idleTimeout().toNanos();
        tunnelNs = http.tunnelTimeout().toNanos();
        requestNs = http.requestTimeout().toNanos();
        leastBytes = Math.max(1, http.leastRate() * http.bodyTimeout().toMillis() / 1000);
        bodyNs = http.bodyTimeout().toNanos();
        answerNs = http.answerTimeout().toNanos();
        pauseNs = http.pauseTimeout().toNanos();
        totalNs = http.totalTimeout().toNanos();
    }

    /**
     * With routes that may change while connections are open.
     *
     * @param routes asked once for each request; any thread, cheap
     * @param upstreams of these routes
     */
    public static Builder builder(Supplier<Router> routes, Upstreams upstreams) {
        return new Builder(routes, upstreams);
    }

    /**
     * With routes that stay.
     *
     * @param routes in order of precedence
     * @throws IllegalArgumentException if a route names an unknown upstream
     */
    public static Builder builder(List<RouteConfig> routes, Upstreams upstreams) {
        Router router = new Router(routes, upstreams::group);
        return new Builder(() -> router, upstreams);
    }

    /** Collects what a front needs; defaults for everything but routes and upstreams. */
    public static final class Builder {
        private final Supplier<Router> routes;
        private final Upstreams upstreams;
        private HttpSettings http = HttpSettings.DEFAULTS;
        private @Nullable ExchangeListener accessLog;
        private HttpEvents events = status -> {};
        private MemoryBudget budget = MemoryBudget.unlimited();
        private BiPredicate<String, String> sharedNames = (one, other) -> true;

        private Builder(Supplier<Router> routes, Upstreams upstreams) {
            this.routes = routes;
            this.upstreams = upstreams;
        }

        /** Bounds and rules for clients. */
        public Builder http(HttpSettings settings) {
            http = settings;
            return this;
        }

        /** Gets an entry for every exchange; null, the default, for none. */
        public Builder accessLog(@Nullable ExchangeListener log) {
            accessLog = log;
            return this;
        }

        /** Counts requests. */
        public Builder events(HttpEvents listener) {
            events = listener;
            return this;
        }

        /** Heads count against it; unlimited by default. */
        public Builder budget(MemoryBudget shared) {
            budget = shared;
            return this;
        }

        /**
         * Whether two names are served by one certificate: a connection for the first may then carry requests for the
         * second. Any two, by default.
         *
         * @param names called on event loops with names in lower case; cheap
         */
        public Builder sharedNames(BiPredicate<String, String> names) {
            sharedNames = names;
            return this;
        }

        /** With what was given so far. */
        public HttpFrontSettings build() {
            return new HttpFrontSettings(this);
        }
    }

    /** The current routes; read once for each request. */
    Router router() {
        return routes.get();
    }

    /** True if one certificate serves both names, in lower case. */
    public boolean areShared(String one, String other) {
        return sharedNames.test(one, other);
    }

    public List<Cidr> trustedProxies() {
        return http.trustedProxies();
    }

    /** What servers learn of clients. */
    public Forwarding forwarding() {
        return http.forwarding();
    }

    /** True if a FIN ends a request whose answer has not begun. */
    public boolean abortsOnFin() {
        return http.abortOnFin();
    }

    /** True if a client may change the protocol. */
    public boolean hasUpgrades() {
        return !upgrades.allowed().isEmpty();
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

    /** Largest body of a request. */
    long bodyLimit(ExchangeBounds own) {
        long bytes = ExchangeBounds.or(own.bodyBytes(), http.bodyBytes());
        return bytes == 0 ? Long.MAX_VALUE : bytes;
    }

    public Http2Rules http2() {
        return http.http2();
    }

    /** Bounds of request lines and heads. */
    public HeadLimits heads() {
        return http.heads();
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

    long tunnelNs(ExchangeBounds own) {
        return ExchangeBounds.or(own.tunnelNs(), tunnelNs);
    }

    /** Limit for a whole request, head and body; 0 for none. */
    public long requestNs() {
        return requestNs;
    }

    public long bodyNs() {
        return bodyNs;
    }

    /** Least bytes that a client must move in the time of {@link #bodyNs}. */
    public long leastBytes() {
        return leastBytes;
    }

    /** Until something of a request's answer has come, where no route is known yet. */
    public long answerNs() {
        return answerNs;
    }

    long answerNs(ExchangeBounds own) {
        return ExchangeBounds.or(own.answerNs(), answerNs);
    }

    long pauseNs(ExchangeBounds own) {
        return ExchangeBounds.or(own.pauseNs(), pauseNs);
    }

    /** Of a request and its answer; 0 for no limit. */
    long totalNs(ExchangeBounds own) {
        return ExchangeBounds.or(own.totalNs(), totalNs);
    }

    /** The shortest of all: a deadline's task may sleep as long, and never has to be woken. */
    public long shortestNs() {
        return Math.min(Math.min(headNs, idleNs), Math.min(bodyNs, Math.min(answerNs, pauseNs)));
    }
}
