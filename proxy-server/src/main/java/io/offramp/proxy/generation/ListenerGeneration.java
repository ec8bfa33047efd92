package io.offramp.proxy.generation;

import io.offramp.proxy.exchange.Router;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.session.SessionSettings;
import java.util.List;

/**
 * One listener of a generation. A connection takes everything but the routes once, and keeps it; each request takes the
 * current routes.
 *
 * @param name as configured; two listeners may share one
 * @param handshake certificates and parameters of TLS
 * @param sessions backends and record sizes
 * @param trustedProxies clients that stand for many, so that limits per address do not hold for them
 * @param front speaks with clients inside TLS, within this generation's limits
 * @param routes which requests go where
 */
public record ListenerGeneration(
        String name,
        HandshakeSettings handshake,
        SessionSettings sessions,
        List<Cidr> trustedProxies,
        Front front,
        Router routes) {
    /** Copies the list. */
    public ListenerGeneration {
        trustedProxies = List.copyOf(trustedProxies);
    }
}
