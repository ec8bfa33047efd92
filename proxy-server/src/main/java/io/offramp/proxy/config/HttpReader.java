package io.offramp.proxy.config;

import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.net.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rules of an {@code http} listener for requests: {@code trusted-proxies}, {@code forwarding},
 * {@code upgrade}, {@code abort-on-fin} and {@code http2}.
 */
final class HttpReader {
    static final Scalar<Cidr> ADDRESSES = new Scalar<>("addresses such as 10.0.0.0/8", Cidr::parse);
    private static final Scalar<String> PROTOCOL =
            new Scalar<>("the name of a protocol such as websocket", HttpReader::protocol);

    /** Requests inside a tunnel of these protocols would bypass all our rules. */
    private static final Set<String> WITH_REQUESTS = Set.of("h2c", "h2", "h3", "http", "tls");

    private HttpReader() {}

    /** @param usual of all listeners */
    static HttpSettings read(Section listener, ListenerConfig.Mode mode, HttpSettings usual) {
        Value proxies = listener.get("trusted-proxies");
        Value forwarding = listener.get("forwarding");
        Value upgrades = listener.get("upgrade");
        Value abort = listener.get("abort-on-fin");
        Value http2 = listener.get("http2");
        if (mode == ListenerConfig.Mode.TCP) {
            refuse(proxies, "a tcp listener reads no fields, so it trusts none");
            refuse(forwarding, "a tcp listener sets no fields");
            refuse(upgrades, "a tcp listener passes bytes of any protocol");
            refuse(abort, "a tcp listener passes the end of each direction on");
            refuse(http2, "a tcp listener passes bytes of any protocol");
            return usual;
        }
        return usual.toBuilder()
                .trustedProxies(
                        proxies == null ? usual.trustedProxies() : distinct(proxies, "a list of addresses", ADDRESSES))
                .forwarding(ForwardingReader.read(forwarding))
                .upgrades(upgrades == null ? usual.upgrades() : distinct(upgrades, "a list of protocols", PROTOCOL))
                .abortOnFin(listener.get("abort-on-fin", Scalar.BOOL, usual.abortOnFin()))
                .http2(Http2Reader.read(http2))
                .build();
    }

    private static void refuse(@Nullable Value value, String why) {
        if (value != null) {
            value.error(why);
        }
    }

    /** An empty list means none. */
    static <T> List<T> distinct(Value list, String expected, Scalar<T> kind) {
        return list.isEmptyList()
                ? List.of()
                : new ArrayList<>(list.distinct(expected, kind).keySet());
    }

    private static @Nullable String protocol(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (WITH_REQUESTS.contains(name)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not passed on: requests in it would pass by routes, limits and log");
        }
        return name.matches("[!#$%&'*+.^_`|~0-9a-z-]+") ? name : null;
    }
}
