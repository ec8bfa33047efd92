package io.offramp.proxy.exchange;

import io.offramp.proxy.net.Cidr;
import java.util.List;

/**
 * Rules of an {@code http} listener for requests of its clients.
 *
 * @param trustedProxies addresses whose fields about their own clients pass; from all others such fields are removed
 * @param upgrades protocols that a connection may change to, in lower case
 * @param abortOnFin true if a client's FIN ends a request whose answer has not begun
 */
public record HttpConfig(List<Cidr> trustedProxies, List<String> upgrades, boolean abortOnFin) {
    /** The default. */
    public static final HttpConfig DEFAULTS = new HttpConfig(List.of(), List.of("websocket"), true);

    /** Copies the lists. */
    public HttpConfig {
        trustedProxies = List.copyOf(trustedProxies);
        upgrades = List.copyOf(upgrades);
    }
}
