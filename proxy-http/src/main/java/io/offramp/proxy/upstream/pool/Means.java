package io.offramp.proxy.upstream.pool;

import io.offramp.proxy.upstream.UpstreamSettings;
import io.offramp.proxy.upstream.transport.Connector;
import io.offramp.proxy.upstream.transport.SocketConnector;

/**
 * How connections to servers are made.
 *
 * @param protocols that servers speak
 * @param settings bounds of connections
 * @param connector makes them
 */
record Means(Protocols protocols, UpstreamSettings settings, Connector connector) {
    /** With sockets. */
    static Means of(Protocols protocols, UpstreamSettings settings) {
        return new Means(protocols, settings, SocketConnector.of(settings.receiveBytes()));
    }

    /** Those of another configuration; the same object if nothing differs. */
    Means next(Protocols otherProtocols, UpstreamSettings otherSettings) {
        if (protocols.equals(otherProtocols) && settings.equals(otherSettings)) {
            return this;
        }
        boolean sameSockets = settings.receiveBytes() == otherSettings.receiveBytes();
        return new Means(
                otherProtocols,
                otherSettings,
                sameSockets ? connector : SocketConnector.of(otherSettings.receiveBytes()));
    }
}
