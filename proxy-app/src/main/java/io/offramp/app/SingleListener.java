package io.offramp.app;

import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.LoggingConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A configuration without a file: one listener, one upstream, defaults for the rest.
 *
 * @param bind where to listen
 * @param mode protocol inside TLS
 * @param certificate of the listener
 * @param offload of the listener
 * @param backends settings of backends, by backend and name
 * @param servers of the one upstream
 * @param admin null for no admin listener
 * @param accessLog true to write it
 * @param threads event loops; 0 for one per processor
 * @param keylog file for the secrets; null for none
 */
record SingleListener(
        HostPort bind,
        ListenerConfig.Mode mode,
        CertificateFiles certificate,
        OffloadConfig offload,
        Map<String, Map<String, String>> backends,
        List<ServerAddress> servers,
        @Nullable AdminConfig admin,
        boolean accessLog,
        int threads,
        @Nullable Path keylog) {
    ProxyConfig config() {
        UpstreamConfig upstream = new UpstreamConfig("upstream", servers);
        List<RouteConfig> routes = List.of(new RouteConfig(null, "/", upstream.name()));
        TlsConfig tls = TlsConfig.of(certificate, mode).withKeylog(keylog);
        ListenerConfig listener = new ListenerConfig(bind.toString(), bind, mode, tls, offload, routes);
        return ProxyConfig.builder(List.of(listener), Map.of(upstream.name(), upstream))
                .admin(admin)
                .backends(backends)
                .logging(new LoggingConfig(
                        accessLog ? AccessLogConfig.DEFAULTS : AccessLogConfig.OFF, LoggingConfig.DEFAULTS.level()))
                .threads(threads)
                .build();
    }
}
