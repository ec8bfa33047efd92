package io.offramp.proxy.config;

import io.netty.util.NetUtil;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.net.ServiceName;
import io.offramp.proxy.net.UnixSocket;
import io.offramp.proxy.net.proxyprotocol.ProxyVersion;
import io.offramp.proxy.upstream.ServerConfig;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamLimits;
import io.offramp.proxy.upstream.UpstreamProtocol;
import io.offramp.proxy.upstream.balance.BalanceConfig;
import io.offramp.proxy.upstream.health.HealthConfig;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The upstreams: those under {@code upstreams}, and those written directly at a listener or route. */
final class UpstreamReader {
    /** What stands for an upstream, for messages. */
    static final String EXPECTED = "a name, host:port, unix:FILE or srv:NAME";

    private static final Scalar<String> TARGET =
            new Scalar<>("the name of an upstream, host:port, unix:FILE or srv:NAME", text -> text);

    private static final String[] KEYS = Stream.concat(
                    Stream.of("servers", "protocol", "tls", "balance", "health", "proxy-protocol"),
                    Stream.of(UpstreamLimitsReader.KEYS))
            .toArray(String[]::new);

    private static final String HTTPS = "https://";
    private static final String HTTPS_PORT = ":443";
    private static final Scalar<ProxyVersion> PROXY = Scalar.choice(ProxyVersion.class);
    private static final Scalar<UpstreamProtocol> PROTOCOL = Scalar.choice(UpstreamProtocol.class);

    private final Scalar<ServerAddress> server;
    private final ServerListReader servers;
    private final UpstreamTlsReader tlsReader;
    private final Map<String, UpstreamTlsConfig> tls = new LinkedHashMap<>();

    /** Servers of the upstream that is being read which have https:// in front. */
    private final Set<ServerAddress> secured = new HashSet<>();

    private final Map<String, Value> named = new LinkedHashMap<>();
    private final Map<String, UpstreamConfig> upstreams = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();

    /** @param surroundings where relative names of Unix sockets start */
    UpstreamReader(Surroundings surroundings, OffloadReader offload) {
        server = new Scalar<>(ServerAddress.EXPECTED, text -> address(text, surroundings));
        servers = new ServerListReader(server);
        tlsReader = new UpstreamTlsReader(surroundings, offload);
    }

    private ServerAddress address(String text, Surroundings surroundings) {
        if (!text.startsWith(HTTPS)) {
            return ServerAddress.parse(text, surroundings::resolve);
        }
        String host = text.substring(HTTPS.length());
        ServerAddress address = HostPort.parse(host.matches(".*:\\d+") ? host : host + HTTPS_PORT);
        secured.add(address);
        return address;
    }

    /** Reads the {@code upstreams} section: before the routes, which refer to it. */
    void read(Value section) {
        Map<String, Value> entries = section.entries("a mapping with upstreams by name");
        if (entries != null) {
            entries.forEach(this::readNamed);
        }
    }

    /** The name of the upstream that a listener or a route sends to, or null after a problem. */
    @Nullable
    String target(Value value) {
        String text = value.as(TARGET);
        if (text == null) {
            return null;
        }
        if (named.containsKey(text)) {
            used.add(text);
            return text;
        }
        if (text.indexOf(':') < 0) {
            value.error(unknown(text));
            return null;
        }
        secured.clear();
        ServerAddress address = value.as(server);
        return address == null ? null : inPlace(address);
    }

    /** An address without a port is no name that somebody forgot to define. */
    private String unknown(String text) {
        if (NetUtil.isValidIpV4Address(text)) {
            return "port missing: a server is host:port, such as " + text + ":8080";
        }
        String port = text.matches("[A-Za-z0-9._-]+") ? " (a server has a port: " + text + ":8080)" : "";
        return "unknown upstream \"" + text + "\"" + Suggestion.of(text, named.keySet()) + port;
    }

    /** By name, in the order of the file. */
    Map<String, UpstreamConfig> all() {
        return upstreams;
    }

    /** An upstream that {@link #target} has given; null if it was not read for a problem. */
    @Nullable
    UpstreamConfig named(String name) {
        return upstreams.get(name);
    }

    /** TLS by name of the upstream; without those in the clear. */
    Map<String, UpstreamTlsConfig> tls() {
        return tls;
    }

    /** Warns of upstreams without a route. */
    void warnOfUnused() {
        named.forEach((name, value) -> {
            if (!used.contains(name)) {
                value.warn("not used by any listener");
            }
        });
    }

    private String inPlace(ServerAddress address) {
        String name = secured.contains(address) ? HTTPS + address : address.toString();
        if (secured.contains(address)) {
            tls.put(name, UpstreamTlsConfig.DEFAULTS);
        }
        upstreams.putIfAbsent(name, new UpstreamConfig(name, List.of(address)));
        return name;
    }

    private void readNamed(String name, Value value) {
        named.put(name, value);
        secured.clear();
        if (!name.matches("[A-Za-z0-9_.-]+")) {
            value.error("a name has letters, digits, dots, dashes and underscores only");
        }
        UpstreamConfig read = value.isList() ? plain(name, value) : full(name, value);
        if (read != null) {
            upstreams.put(name, read);
        }
    }

    private @Nullable UpstreamConfig plain(String name, Value list) {
        List<ServerConfig> read = servers.read(list);
        addTls(name, null, list, addresses(read));
        return config(name, read, UpstreamProtocol.HTTP1, null, null, UpstreamLimits.DEFAULTS, null);
    }

    private @Nullable UpstreamConfig full(String name, Value value) {
        Section section = value.section(KEYS);
        if (section == null) {
            return null;
        }
        Value list = section.require("servers", ServerListReader.SERVERS);
        List<ServerConfig> read = list == null ? List.of() : servers.read(list);
        UpstreamProtocol protocol = section.get("protocol", PROTOCOL, UpstreamProtocol.HTTP1);
        Value tlsValue = section.get("tls");
        UpstreamTlsConfig written = tlsValue == null ? null : tlsReader.read(tlsValue);
        if (list != null) {
            addTls(name, written, list, addresses(read));
            checkProtocol(name, protocol, section.get("protocol"));
        }
        return config(
                name,
                read,
                protocol,
                section.get("balance"),
                section.get("health"),
                UpstreamLimitsReader.read(section),
                version(section.get("proxy-protocol")));
    }

    private static Set<ServerAddress> addresses(List<ServerConfig> servers) {
        return servers.stream().map(ServerConfig::address).collect(Collectors.toSet());
    }

    private @Nullable UpstreamConfig config(
            String name,
            List<ServerConfig> servers,
            UpstreamProtocol protocol,
            @Nullable Value balance,
            @Nullable Value health,
            UpstreamLimits bounds,
            @Nullable ProxyVersion proxyProtocol) {
        BalanceConfig shared = BalanceReader.read(balance);
        HealthConfig watched = HealthReader.read(health, protocol, tls.containsKey(name));
        return servers.isEmpty()
                ? null
                : new UpstreamConfig(name, protocol, servers, shared, watched, bounds, proxyProtocol);
    }

    private static @Nullable ProxyVersion version(@Nullable Value value) {
        return value == null ? null : value.as(PROXY);
    }

    private void addTls(String name, @Nullable UpstreamTlsConfig written, Value servers, Set<ServerAddress> addresses) {
        long urls = addresses.stream().filter(secured::contains).count();
        if (written == null && urls == 0) {
            return;
        }
        tls.put(name, written == null ? UpstreamTlsConfig.DEFAULTS : written);
        if (written == null && urls < addresses.size()) {
            servers.error("all servers of an upstream need https://, or none: see \"tls\"");
        }
        if (addresses.stream().anyMatch(UnixSocket.class::isInstance)) {
            servers.error("a Unix socket has no TLS");
        }
        if (addresses.stream().anyMatch(ServiceName.class::isInstance)
                && (written == null || written.serverName() == null)) {
            servers.error("the TLS of a service needs \"server-name\": SRV records can name any host");
        }
    }

    private void checkProtocol(String name, UpstreamProtocol protocol, @Nullable Value place) {
        if (place == null) {
            return;
        }
        if (protocol.isNegotiated() && !tls.containsKey(name)) {
            place.error("needs \"tls\": it is negotiated there; in clear text, write http1 or h2c");
        } else if (protocol == UpstreamProtocol.H2C && tls.containsKey(name)) {
            place.error("is HTTP/2 in clear text; over TLS, write h2 or auto");
        }
    }
}
