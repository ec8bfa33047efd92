package io.offramp.proxy.config;

import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.compress.CompressionLimits;
import io.offramp.proxy.exchange.HttpSettings;
import io.offramp.proxy.handshake.engine.HandshakeLimits;
import io.offramp.proxy.tcp.TcpSettings;
import io.offramp.proxy.upstream.UpstreamSettings;
import java.time.Duration;

/**
 * The sections {@code timeouts} and {@code limits}, by the rooms that use them.
 *
 * @param http of all listeners
 * @param tcp of all listeners
 */
record Bounds(
        HttpSettings http,
        TcpSettings tcp,
        UpstreamSettings servers,
        ClientLimits clients,
        HandshakeLimits handshakes,
        CompressionLimits compression,
        Duration drainDelay,
        Duration drain) {}
