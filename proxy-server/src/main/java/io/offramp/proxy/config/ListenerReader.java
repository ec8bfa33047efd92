package io.offramp.proxy.config;

import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.session.OffloadConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one listener after the other; they share addresses, names and upstreams. */
final class ListenerReader {
    private static final Scalar<ListenerConfig.Mode> MODE = Scalar.choice(ListenerConfig.Mode.class);

    private static final String[] KEYS = Stream.of(
                    Stream.of(
                            "name",
                            "bind",
                            "mode",
                            "tls",
                            "offload",
                            "upstream",
                            "routes",
                            "connections",
                            "trusted-proxies",
                            "forwarding",
                            "proxy-protocol",
                            "reuse-port",
                            "upgrade",
                            "abort-on-fin",
                            "timeouts",
                            "http2"),
                    RuleReader.LISTENER_KEYS.stream(),
                    ProtectionReader.KEYS.stream())
            .flatMap(keys -> keys)
            .toArray(String[]::new);

    private static final Scalar<Boolean> OFF =
            new Scalar<>("a mapping such as {cert: site.pem}, or off", text -> text.equals("off") ? true : null);

    private final Bounds bounds;
    private final Binds binds;
    private final TlsReader tls;
    private final OffloadReader offload;
    private final RouteReader routes;
    private final Map<String, String> pathByName = new HashMap<>();

    ListenerReader(
            Surroundings surroundings, Binds binds, UpstreamReader upstreams, OffloadReader offload, Bounds bounds) {
        this.bounds = bounds;
        this.binds = binds;
        this.tls = new TlsReader(surroundings);
        this.offload = offload;
        this.routes = new RouteReader(upstreams, surroundings);
    }

    /** The listener, or null after a problem. */
    @Nullable
    ListenerConfig read(Value value) {
        Section listener = value.section(KEYS);
        if (listener == null) {
            return null;
        }
        Value bindValue = listener.require("bind", "where to listen, such as 0.0.0.0:8443");
        HostPort bind = bindValue == null ? null : binds.read(bindValue);
        ListenerConfig.Mode mode = listener.get("mode", MODE, ListenerConfig.Mode.HTTP);
        Value tlsValue =
                listener.require("tls", "certificate and key, such as {cert: site.pem}, or off for plain HTTP");
        boolean plain = tlsValue != null && tlsValue.isScalar() && tlsValue.as(OFF) != null;
        Bounds own = TimeoutsReader.read(listener.get("timeouts"), mode, bounds);
        HttpSettings http = HttpReader.read(listener, mode, own.http());
        TlsConfig tlsConfig = tlsValue == null || tlsValue.isScalar()
                ? null
                : tls.read(tlsValue, mode, http.http2().enabled());
        Value offloadValue = listener.get("offload");
        if (plain && offloadValue != null) {
            offloadValue.error("a listener without TLS has no records");
        }
        OffloadConfig offloadConfig = offload.read(plain ? null : offloadValue);
        List<RouteConfig> targets = routes.read(
                listener,
                mode,
                !plain && (tlsConfig == null || tlsConfig.clientAuth().mode() != ClientAuthSettings.Mode.OFF));
        Value senders = listener.get("proxy-protocol");
        List<Cidr> proxies =
                senders == null ? List.of() : HttpReader.distinct(senders, "a list of addresses", HttpReader.ADDRESSES);
        ConnectionLimits connections = ConnectionsReader.read(listener, mode);
        if (bind == null || tlsConfig == null && !plain) {
            return null;
        }
        return new ListenerConfig(
                name(listener, bind),
                bind,
                mode,
                tlsConfig,
                offloadConfig,
                targets,
                routes.unrouted(listener, mode),
                connections,
                proxies,
                http,
                own.tcp(),
                listener.get("reuse-port", Scalar.BOOL, false));
    }

    private String name(Section listener, HostPort bind) {
        String name = listener.get("name", Scalar.TEXT, bind.toString());
        String other = pathByName.putIfAbsent(name, listener.value().path());
        Value written = listener.get("name");
        if (other != null && written != null) {
            written.error("\"" + name + "\" is the name of " + other + " already");
        }
        return name;
    }
}
