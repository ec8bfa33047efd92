package io.offramp.proxy.exchange;

import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.net.Cidr;
import java.time.Duration;
import java.util.List;

/**
 * Bounds and rules of an HTTP listener for requests of its clients.
 *
 * @param trustedProxies addresses whose fields about their own clients pass; from all others such fields are removed
 * @param forwarding what servers learn of clients
 * @param upgrades protocols that a connection may change to, in lower case
 * @param abortOnFin true if a client's FIN ends a request whose answer has not begun
 * @param heads bounds of request lines and heads
 * @param bodyBytes largest body of a request; 0 for no limit
 * @param leastRate bytes a second, over the time {@code bodyTimeout}, at which a client must send a body or read an
 *     answer
 * @param headTimeout from the first byte of a request to the end of its head
 * @param requestTimeout from the first byte of a request to the end of its body; zero for no limit
 * @param idleTimeout of a client connection between requests
 * @param tunnelTimeout of an upgraded connection without a byte either way
 * @param bodyTimeout between two reads of a request's body, or writes to a client that does not read
 * @param answerTimeout from the end of a request until the answer's head
 * @param pauseTimeout between two reads of the answer's body
 * @param totalTimeout from the head of a request to the end of its answer; zero for no limit
 * @param http2 bounds of HTTP/2
 */
public record HttpSettings(
        List<Cidr> trustedProxies,
        Forwarding forwarding,
        List<String> upgrades,
        boolean abortOnFin,
        HeadLimits heads,
        long bodyBytes,
        long leastRate,
        Duration headTimeout,
        Duration requestTimeout,
        Duration idleTimeout,
        Duration tunnelTimeout,
        Duration bodyTimeout,
        Duration answerTimeout,
        Duration pauseTimeout,
        Duration totalTimeout,
        Http2Rules http2) {
    /** The default. */
    public static final HttpSettings DEFAULTS = new HttpSettings(
            List.of(),
            Forwarding.DEFAULTS,
            List.of("websocket"),
            true,
            HeadLimits.DEFAULTS,
            0,
            64,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(75),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ZERO,
            Http2Rules.DEFAULTS);

    /** Copies the lists. */
    public HttpSettings {
        trustedProxies = List.copyOf(trustedProxies);
        upgrades = List.copyOf(upgrades);
    }

    /** The default, with other choices by name. */
    public static Builder builder() {
        return new Builder(DEFAULTS);
    }

    /** This, with other choices by name. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects the choices; each is described at the record. */
    public static final class Builder {
        private List<Cidr> trustedProxies;
        private Forwarding forwarding;
        private List<String> upgrades;
        private boolean abortOnFin;
        private HeadLimits heads;
        private long bodyBytes;
        private long leastRate;
        private Duration headTimeout;
        private Duration requestTimeout;
        private Duration idleTimeout;
        private Duration tunnelTimeout;
        private Duration bodyTimeout;
        private Duration answerTimeout;
        private Duration pauseTimeout;
        private Duration totalTimeout;
        private Http2Rules http2;

        private Builder(HttpSettings from) {
            trustedProxies = from.trustedProxies;
            forwarding = from.forwarding;
            upgrades = from.upgrades;
            abortOnFin = from.abortOnFin;
            heads = from.heads;
            bodyBytes = from.bodyBytes;
            leastRate = from.leastRate;
            headTimeout = from.headTimeout;
            requestTimeout = from.requestTimeout;
            idleTimeout = from.idleTimeout;
            tunnelTimeout = from.tunnelTimeout;
            bodyTimeout = from.bodyTimeout;
            answerTimeout = from.answerTimeout;
            pauseTimeout = from.pauseTimeout;
            totalTimeout = from.totalTimeout;
            http2 = from.http2;
        }

        /** Proxies whose forwarded fields pass. */
        public Builder trustedProxies(List<Cidr> choice) {
            trustedProxies = choice;
            return this;
        }

        /** What servers learn of clients. */
        public Builder forwarding(Forwarding choice) {
            forwarding = choice;
            return this;
        }

        /** Protocols that a connection may change to, in lower case. */
        public Builder upgrades(List<String> choice) {
            upgrades = choice;
            return this;
        }

        /** True to end a request at a client's FIN, unless its answer has begun. */
        public Builder abortOnFin(boolean choice) {
            abortOnFin = choice;
            return this;
        }

        /** Bounds of request lines and heads. */
        public Builder heads(HeadLimits choice) {
            heads = choice;
            return this;
        }

        /** Largest body of a request. */
        public Builder bodyBytes(long choice) {
            bodyBytes = choice;
            return this;
        }

        /** Bytes a second, over the time {@code bodyTimeout}, at which a client must send a body or read an answer. */
        public Builder leastRate(long choice) {
            leastRate = choice;
            return this;
        }

        /** From the first byte of a request to the end of its head. */
        public Builder headTimeout(Duration choice) {
            headTimeout = choice;
            return this;
        }

        /** From the first byte of a request to the end of its body. */
        public Builder requestTimeout(Duration choice) {
            requestTimeout = choice;
            return this;
        }

        /** Of a client connection between requests. */
        public Builder idleTimeout(Duration choice) {
            idleTimeout = choice;
            return this;
        }

        /** Of an upgraded connection without a byte either way. */
        public Builder tunnelTimeout(Duration choice) {
            tunnelTimeout = choice;
            return this;
        }

        /** Between two reads of a request's body, or writes to a client that does not read. */
        public Builder bodyTimeout(Duration choice) {
            bodyTimeout = choice;
            return this;
        }

        /** From the end of a request until the answer's head. */
        public Builder answerTimeout(Duration choice) {
            answerTimeout = choice;
            return this;
        }

        /** Between two reads of the answer's body. */
        public Builder pauseTimeout(Duration choice) {
            pauseTimeout = choice;
            return this;
        }

        /** From the head of a request to the end of its answer. */
        public Builder totalTimeout(Duration choice) {
            totalTimeout = choice;
            return this;
        }

        /** Bounds of HTTP/2. */
        public Builder http2(Http2Rules choice) {
            http2 = choice;
            return this;
        }

        /** With the choices so far. */
        public HttpSettings build() {
            return new HttpSettings(
                    trustedProxies,
                    forwarding,
                    upgrades,
                    abortOnFin,
                    heads,
                    bodyBytes,
                    leastRate,
                    headTimeout,
                    requestTimeout,
                    idleTimeout,
                    tunnelTimeout,
                    bodyTimeout,
                    answerTimeout,
                    pauseTimeout,
                    totalTimeout,
                    http2);
        }
    }
}
