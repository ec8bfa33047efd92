package io.offramp.proxy.channel;

import java.time.Duration;

/**
 * Limits in time.
 *
 * @param handshake from accept to the end of the TLS handshake
 * @param requestHead from the first byte of a request to the end of its head
 * @param request from the first byte of a request to the end of its body; zero for no limit
 * @param idle of a client connection between requests
 * @param tunnel of a TCP connection or a WebSocket without a byte either way
 * @param body between two reads of a request's body, or writes to a client that does not read
 * @param upstreamConnect until an upstream has accepted a connection a connection
 * @param upstreamAnswer from the end of a request until the answer's head, and between two reads of its body
 * @param drain for open connections at shutdown
 */
public record TimeoutConfig(
        Duration handshake,
        Duration requestHead,
        Duration request,
        Duration idle,
        Duration tunnel,
        Duration body,
        Duration upstreamConnect,
        Duration upstreamAnswer,
        Duration drain) {
    /** The default. */
    public static final TimeoutConfig DEFAULTS = new TimeoutConfig(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(75),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));

    /** The same without a limit for a whole request, and {@code idle} for tunnels as well. */
    public TimeoutConfig(
            Duration handshake,
            Duration requestHead,
            Duration idle,
            Duration body,
            Duration upstreamConnect,
            Duration upstreamAnswer,
            Duration drain) {
        this(handshake, requestHead, Duration.ZERO, idle, idle, body, upstreamConnect, upstreamAnswer, drain);
    }
}
