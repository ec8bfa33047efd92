package io.offramp.proxy.config;

import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.compress.CompressionLimits;
import io.offramp.proxy.handshake.engine.HandshakeLimits;
import io.offramp.proxy.message.HeadLimits;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a proxy.
 *
 * @param listeners at least one
 * @param upstreams by name; those written in place at a listener are named after their address
 * @param upstreamTls TLS towards servers, by name of the upstream; without those in the clear
 * @param servers connections to the servers of all upstreams
 * @param clients bounds over all listeners
 * @param handshakes bounds of each
 * @param compression bounds over all routes
 * @param drainDelay at shutdown, in which all goes on but {@code /healthz/ready} says no
 * @param drain time for open connections at shutdown
 * @param admin null for no admin listener
 * @param backends settings of record-offload backends, by backend and setting, unparsed: {@code device -> contexts ->
 *     4096}
 * @param logging what is logged
 * @param threads event loops; 0 for one per processor
 * @param watchesFile whether a change of the file is enough for a reload
 * @param warmup most time for the load that the proxy gives itself before it is ready; zero for none
 * @param upgradeOverlap in an upgrade, how long both processes accept; zero for one behind the other
 * @param upgradeSocket where {@code offramp upgrade} finds the process; null if it cannot be upgraded
 * @param pidFile holds the number of the process that serves; null for none
 * @param sandbox whether the process gives up system calls that it never makes
 */
public record ProxyConfig(
        List<ListenerConfig> listeners,
        Map<String, UpstreamConfig> upstreams,
        Map<String, UpstreamTlsConfig> upstreamTls,
        UpstreamSettings servers,
        ClientLimits clients,
        HandshakeLimits handshakes,
        CompressionLimits compression,
        Duration drainDelay,
        Duration drain,
        @Nullable AdminConfig admin,
        Map<String, Map<String, String>> backends,
        LoggingConfig logging,
        int threads,
        boolean watchesFile,
        Duration warmup,
        Duration upgradeOverlap,
        @Nullable Path upgradeSocket,
        @Nullable Path pidFile,
        boolean sandbox) {
    /** The default time for open connections at shutdown. */
    public static final Duration DRAIN = Duration.ofSeconds(30);

    /** Copies the collections. */
    public ProxyConfig {
        listeners = List.copyOf(listeners);
        upstreams = Collections.unmodifiableMap(new LinkedHashMap<>(upstreams));
        upstreamTls = Map.copyOf(upstreamTls);
        backends = Map.copyOf(backends);
    }

    /** Bounds of heads: the same for all listeners, and for answers of servers. */
    public HeadLimits heads() {
        return listeners.getFirst().http().heads();
    }

    /** Defaults for everything else. */
    public static Builder builder(List<ListenerConfig> listeners, Map<String, UpstreamConfig> upstreams) {
        return new Builder(listeners, upstreams);
    }

    /** Collects the choices; each is described at the record. */
    public static final class Builder {
        private final List<ListenerConfig> listeners;
        private final Map<String, UpstreamConfig> upstreams;
        private Map<String, UpstreamTlsConfig> upstreamTls = Map.of();
        private UpstreamSettings servers = UpstreamSettings.DEFAULTS;
        private ClientLimits clients = ClientLimits.DEFAULTS;
        private HandshakeLimits handshakes = HandshakeLimits.DEFAULTS;
        private CompressionLimits compression = CompressionLimits.DEFAULTS;
        private Duration drainDelay = Duration.ZERO;
        private Duration drain = DRAIN;
        private @Nullable AdminConfig admin;
        private Map<String, Map<String, String>> backends = Map.of();
        private LoggingConfig logging = LoggingConfig.DEFAULTS;
        private int threads;
        private boolean watchesFile;
        private Duration warmup = Duration.ZERO;
        private Duration upgradeOverlap = Duration.ZERO;
        private @Nullable Path upgradeSocket;
        private @Nullable Path pidFile;
        private boolean sandbox = true;

        private Builder(List<ListenerConfig> listeners, Map<String, UpstreamConfig> upstreams) {
            this.listeners = listeners;
            this.upstreams = upstreams;
        }

        /** TLS towards servers, by name of the upstream. */
        public Builder upstreamTls(Map<String, UpstreamTlsConfig> choice) {
            upstreamTls = choice;
            return this;
        }

        /** Connections to the servers of all upstreams. */
        public Builder servers(UpstreamSettings choice) {
            servers = choice;
            return this;
        }

        /** Bounds over all listeners. */
        public Builder clients(ClientLimits choice) {
            clients = choice;
            return this;
        }

        /** Bounds of each handshake. */
        public Builder handshakes(HandshakeLimits choice) {
            handshakes = choice;
            return this;
        }

        /** Bounds of compression over all routes. */
        public Builder compression(CompressionLimits choice) {
            compression = choice;
            return this;
        }

        /** Time at shutdown in which all goes on. */
        public Builder drainDelay(Duration choice) {
            drainDelay = choice;
            return this;
        }

        /** Time for open connections at shutdown. */
        public Builder drain(Duration choice) {
            drain = choice;
            return this;
        }

        /** Null for no admin listener. */
        public Builder admin(@Nullable AdminConfig choice) {
            admin = choice;
            return this;
        }

        /** Settings of record-offload backends. */
        public Builder backends(Map<String, Map<String, String>> choice) {
            backends = choice;
            return this;
        }

        /** What is logged. */
        public Builder logging(LoggingConfig choice) {
            logging = choice;
            return this;
        }

        /** Event loops; 0 for one per processor. */
        public Builder threads(int choice) {
            threads = choice;
            return this;
        }

        /** Whether a change of the file is enough for a reload. */
        public Builder watchesFile(boolean choice) {
            watchesFile = choice;
            return this;
        }

        /** Most time for the load that the proxy gives itself; zero for none. */
        public Builder warmup(Duration choice) {
            warmup = choice;
            return this;
        }

        /** How long both processes of an upgrade accept; zero for one behind the other. */
        public Builder upgradeOverlap(Duration choice) {
            upgradeOverlap = choice;
            return this;
        }

        /** Where {@code offramp upgrade} finds the process; null for nowhere. */
        public Builder upgradeSocket(@Nullable Path choice) {
            upgradeSocket = choice;
            return this;
        }

        /** Holds the number of the process that serves; null for none. */
        public Builder pidFile(@Nullable Path choice) {
            pidFile = choice;
            return this;
        }

        /** Whether the process gives up system calls that it never makes. */
        public Builder sandbox(boolean choice) {
            sandbox = choice;
            return this;
        }

        /** With the choices so far. */
        public ProxyConfig build() {
            return new ProxyConfig(
                    listeners,
                    upstreams,
                    upstreamTls,
                    servers,
                    clients,
                    handshakes,
                    compression,
                    drainDelay,
                    drain,
                    admin,
                    backends,
                    logging,
                    threads,
                    watchesFile,
                    warmup,
                    upgradeOverlap,
                    upgradeSocket,
                    pidFile,
                    sandbox);
        }
    }
}
