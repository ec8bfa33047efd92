package io.offramp.proxy.budget;

/**
 * Limits in size and number.
 *
 * @param requestLineBytes longest request line
 * @param headBytes largest head of a request or an answer, all header fields together
 * @param bodyBytes largest body of a request; 0 for no limit
 * @param connections open client connections; further ones are closed at once; 0 to derive it from the memory
 * @param handshakes handshakes under way, shared evenly by the event loops; at the limit a new one replaces the oldest
 *     with a silent client, else the oldest; 0 to derive it from the memory
 * @param handshakeBytes bytes from a client before its handshake is complete
 * @param upstreamIdlePerLoop idle connections kept for each upstream server and event loop
 * @param upstreamReceiveBytes receive buffer of an upstream connection's socket, SO_RCVBUF: it bounds the bytes under
 *     way from a server
 * @param leastRate bytes a second, over a time of {@code timeouts.body}, at which a client must send a body or read an
 *     answer
 * @param upstreamConnections connections of each upstream server and event loop
 * @param upstreamQueue requests of each upstream server and event loop that may wait for one of those
 * @param perAddress limits for the clients of one address
 */
public record LimitConfig(
        int requestLineBytes,
        int headBytes,
        long bodyBytes,
        int connections,
        int handshakes,
        int handshakeBytes,
        int upstreamIdlePerLoop,
        int upstreamReceiveBytes,
        long leastRate,
        int upstreamConnections,
        int upstreamQueue,
        AddressLimits perAddress) {
    /** The default. */
    public static final LimitConfig DEFAULTS = new LimitConfig(
            8 << 10, 32 << 10, 0, 0, 0, 64 << 10, 1024, 256 << 10, 64, 16_384, 1024, AddressLimits.NONE);

    /** These, with defaults for the rest. */
    public LimitConfig(
            int requestLineBytes,
            int headBytes,
            long bodyBytes,
            int connections,
            int handshakes,
            int handshakeBytes,
            int upstreamIdlePerLoop,
            int upstreamReceiveBytes) {
        this(
                requestLineBytes,
                headBytes,
                bodyBytes,
                connections,
                handshakes,
                handshakeBytes,
                upstreamIdlePerLoop,
                upstreamReceiveBytes,
                64,
                16_384,
                1024,
                AddressLimits.NONE);
    }

    /** A copy with these two changed. */
    public LimitConfig with(int otherConnections, int otherHandshakes) {
        return new LimitConfig(
                requestLineBytes,
                headBytes,
                bodyBytes,
                otherConnections,
                otherHandshakes,
                handshakeBytes,
                upstreamIdlePerLoop,
                upstreamReceiveBytes,
                leastRate,
                upstreamConnections,
                upstreamQueue,
                perAddress);
    }
}
