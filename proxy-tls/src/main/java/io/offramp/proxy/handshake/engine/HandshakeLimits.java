package io.offramp.proxy.handshake.engine;

import java.time.Duration;

/**
 * Bounds of one handshake.
 *
 * @param timeout from accept to its end
 * @param bytes most that a client may send until then
 */
public record HandshakeLimits(Duration timeout, int bytes) {
    /** The default. */
    public static final HandshakeLimits DEFAULTS = new HandshakeLimits(Duration.ofSeconds(10), 64 << 10);
}
