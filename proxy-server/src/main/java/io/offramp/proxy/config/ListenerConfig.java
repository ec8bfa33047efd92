package io.offramp.proxy.config;

import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.tcp.TcpSettings;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One listening socket.
 *
 * @param name for logs and metrics; the address if none is given
 * @param bind address and port
 * @param mode protocol inside TLS
 * @param tls certificates and parameters; null for plain text
 * @param offload backend and mode of each direction
 * @param routes in order of precedence: the first that matches wins; in {@code tcp} mode exactly one, for all
 *     connections
 * @param unrouted rules for requests that no route takes, or that have come without TLS to a port of TLS
 * @param connections which of them it takes
 * @param proxies addresses whose connections begin with a PROXY header, and name their client there
 * @param http rules for requests of clients; without effect in {@code tcp} mode
 * @param tcp without effect in {@code http} mode
 * @param reusePort whether another process may bind the address, too (socket(7), SO_REUSEPORT)
 */
public record ListenerConfig(
        String name,
        HostPort bind,
        Mode mode,
        @Nullable TlsConfig tls,
        OffloadConfig offload,
        List<RouteConfig> routes,
        RouteRules unrouted,
        ConnectionLimits connections,
        List<Cidr> proxies,
        HttpSettings http,
        TcpSettings tcp,
        boolean reusePort) {
    /** Protocol, inside TLS if there is any. */
    public enum Mode {
        /** HTTP/1.1, request by request. */
        HTTP,
        /** Bytes. */
        TCP
    }

    /** Copies the lists. */
    public ListenerConfig {
        routes = List.copyOf(routes);
        proxies = List.copyOf(proxies);
    }

    /** With the default rules for requests. */
    public ListenerConfig(
            String name,
            HostPort bind,
            Mode mode,
            @Nullable TlsConfig tls,
            OffloadConfig offload,
            List<RouteConfig> routes) {
        this(
                name,
                bind,
                mode,
                tls,
                offload,
                routes,
                RouteRules.NONE,
                ConnectionLimits.NONE,
                List.of(),
                HttpSettings.DEFAULTS,
                TcpSettings.DEFAULTS,
                false);
    }

    /** Whether clients speak TLS. */
    public boolean isSecure() {
        return tls != null;
    }

    /**
     * Certificates and parameters of a listener with TLS.
     *
     * @throws NullPointerException if it has none
     */
    public TlsConfig secured() {
        return Objects.requireNonNull(tls, name);
    }

    /** The same with another backend, or other modes. */
    public ListenerConfig with(OffloadConfig other) {
        return new ListenerConfig(
                name, bind, mode, tls, other, routes, unrouted, connections, proxies, http, tcp, reusePort);
    }
}
