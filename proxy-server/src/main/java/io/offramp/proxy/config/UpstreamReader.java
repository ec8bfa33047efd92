package io.offramp.proxy.config;

import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.upstream.UpstreamProtocol;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The upstreams: those under {@code upstreams}, and those written directly at a listener or route. */
final class UpstreamReader {
    private static final String SERVERS = "a list of host:port or unix:FILE";
    private static final Scalar<String> TARGET =
            new Scalar<>("the name of an upstream, host:port or unix:FILE", text -> text);

    private static final Scalar<UpstreamProtocol> PROTOCOL = Scalar.choice(UpstreamProtocol.class);

    private final Scalar<ServerAddress> server;
    private final Map<String, Value> named = new LinkedHashMap<>();
    private final Map<String, UpstreamConfig> upstreams = new LinkedHashMap<>();
    private final Set<String> used = new HashSet<>();

    /** @param surroundings where relative names of Unix sockets start */
    UpstreamReader(Surroundings surroundings) {
        server = new Scalar<>(ServerAddress.EXPECTED, text -> ServerAddress.parse(text, surroundings::resolve));
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
            String port = text.matches("[A-Za-z0-9._-]+") ? " (a server has a port: " + text + ":8080)" : "";
            value.error("unknown upstream \"" + text + "\"" + Suggestion.of(text, named.keySet()) + port);
            return null;
        }
        ServerAddress address = value.as(server);
        return address == null ? null : inPlace(address);
    }

    /** By name, in the order of the file. */
    Map<String, UpstreamConfig> all() {
        return upstreams;
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
        String name = address.toString();
        upstreams.putIfAbsent(name, new UpstreamConfig(name, List.of(address)));
        return name;
    }

    private void readNamed(String name, Value value) {
        named.put(name, value);
        if (!name.matches("[A-Za-z0-9_.-]+")) {
            value.error("a name has letters, digits, dots, dashes and underscores only");
        }
        Value servers = value;
        UpstreamProtocol protocol = UpstreamProtocol.HTTP1;
        if (!value.isList()) {
            Section section = value.section("servers", "protocol");
            servers = section == null ? null : section.require("servers", SERVERS);
            protocol = section == null ? protocol : section.get("protocol", PROTOCOL, protocol);
        }
        if (servers != null) {
            Set<ServerAddress> distinct = servers.distinct(SERVERS, server).keySet();
            upstreams.put(name, new UpstreamConfig(name, protocol, List.copyOf(distinct)));
        }
    }
}
