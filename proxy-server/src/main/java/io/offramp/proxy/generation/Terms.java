package io.offramp.proxy.generation;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.handshake.client.ClientAuthSettings;

/**
 * What a listener asks of a client in return for its routes. A connection has met those of its own time: routes behind
 * other terms are not for it.
 *
 * @param mode protocol inside TLS
 * @param clientAuth the client's certificate
 */
public record Terms(ListenerConfig.Mode mode, ClientAuthSettings clientAuth) {
    /** Those of one listener. */
    public static Terms of(ListenerConfig listener) {
        return new Terms(listener.mode(), listener.tls().clientAuth());
    }
}
