package io.offramp.proxy.http;

import io.offramp.proxy.net.Cidr;
import java.util.List;

/**
 * What an {@code http} listener takes from its clients.
 *
 * @param trustedProxies whose word on their own clients counts: from all others, fields that say such things do not
 *     pass
 * @param upgrades protocols that a connection may change to, in lower case
 * @param abortOnFin whether a client's FIN ends a request whose answer has not begun
 */
public record HttpConfig(List<Cidr> trustedProxies, List<String> upgrades, boolean abortOnFin) {
    /** What holds where nothing is configured. */
    public static final HttpConfig DEFAULTS = new HttpConfig(List.of(), List.of("websocket"), true);

    /** Copies the lists. */
    public HttpConfig {
        trustedProxies = List.copyOf(trustedProxies);
        upgrades = List.copyOf(upgrades);
    }
}
