package io.offramp.proxy.generation;

import io.offramp.offload.ConnectionWatch;
import io.offramp.proxy.accept.ConnectionGate;
import io.offramp.proxy.handshake.engine.HandshakeSettings;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.session.SessionSettings;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One listener of a generation. A connection takes everything but the routes once, and keeps it; each request takes the
 * current routes, as long as the terms are the same.
 *
 * @param key its socket
 * @param name as configured; two listeners may share one
 * @param terms that its connections have met
 * @param metrics of that name
 * @param watch sees every connection that is let in; null for nobody
 * @param handshake certificates and parameters of TLS; null for plain text
 * @param sessions backends and record sizes; null for plain text
 * @param gate lets its connections in
 * @param trustedProxies clients that stand for many, so that limits per address do not hold for them
 * @param proxies clients whose connections begin with a PROXY header
 * @param front speaks with clients, inside TLS if there is any, within this generation's limits
 * @param plain speaks with clients that do without TLS where it is due; null to refuse them
 * @param routes which requests go where
 */
public record ListenerGeneration(
        ListenerKey key,
        String name,
        Terms terms,
        ListenerMetrics metrics,
        @Nullable ConnectionWatch watch,
        @Nullable HandshakeSettings handshake,
        @Nullable SessionSettings sessions,
        ConnectionGate gate,
        List<Cidr> trustedProxies,
        List<Cidr> proxies,
        Front front,
        @Nullable Front plain,
        Router routes) {
    /** Copies the lists. */
    public ListenerGeneration {
        trustedProxies = List.copyOf(trustedProxies);
        proxies = List.copyOf(proxies);
    }

    /** True if connections from this address begin with a PROXY header; from all others they must not. */
    public boolean isProxy(@Nullable SocketAddress peer) {
        return peer instanceof InetSocketAddress socket
                && proxies.stream().anyMatch(each -> each.contains(socket.getAddress()));
    }
}
