package io.offramp.proxy.config;

import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.tcp.TcpSettings;
import java.util.List;

/**
 * One listening socket.
 *
 * @param name for logs and metrics; the address if none is given
 * @param bind address and port
 * @param mode protocol inside TLS
 * @param tls certificates and parameters
 * @param offload backend and mode of each direction
 * @param routes in order of precedence: the first that matches wins; in {@code tcp} mode exactly one, for all
 *     connections
 * @param proxies addresses whose connections begin with a PROXY header, and name their client there
 * @param http rules for requests of clients; without effect in {@code tcp} mode
 * @param tcp without effect in {@code http} mode
 */
public record ListenerConfig(
        String name,
        HostPort bind,
        Mode mode,
        TlsConfig tls,
        OffloadConfig offload,
        List<RouteConfig> routes,
        List<Cidr> proxies,
        HttpSettings http,
        TcpSettings tcp) {
    /** Protocol inside TLS. */
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
            String name, HostPort bind, Mode mode, TlsConfig tls, OffloadConfig offload, List<RouteConfig> routes) {
        this(name, bind, mode, tls, offload, routes, List.of(), HttpSettings.DEFAULTS, TcpSettings.DEFAULTS);
    }

    /** The same with another backend, or other modes. */
    public ListenerConfig with(OffloadConfig other) {
        return new ListenerConfig(name, bind, mode, tls, other, routes, proxies, http, tcp);
    }
}
