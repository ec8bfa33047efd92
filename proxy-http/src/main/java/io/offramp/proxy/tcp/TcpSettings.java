package io.offramp.proxy.tcp;

import java.time.Duration;

/**
 * How long a TCP connection may wait.
 *
 * @param idle without a byte either way
 * @param write for a client that does not read
 */
public record TcpSettings(Duration idle, Duration write) {
    /** The default. */
    public static final TcpSettings DEFAULTS = new TcpSettings(Duration.ofHours(1), Duration.ofSeconds(60));
}
