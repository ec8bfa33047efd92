package io.offramp.proxy.generation;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a listener asks of a client in return for its routes. A connection has met those of its own time: routes behind
 * other terms are not for it.
 *
 * @param mode protocol, inside TLS if there is any
 * @param clientAuth the client's certificate; null without TLS
 */
public record Terms(ListenerConfig.Mode mode, @Nullable ClientAuthSettings clientAuth) {
    /** Those of one listener. */
    public static Terms of(ListenerConfig listener) {
        TlsConfig tls = listener.tls();
        return new Terms(listener.mode(), tls == null ? null : tls.clientAuth());
    }
}
