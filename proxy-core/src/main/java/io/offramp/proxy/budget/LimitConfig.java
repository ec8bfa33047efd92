package io.offramp.proxy.budget;

/**
 * Limits in size and number.
 *
 * @param requestLineBytes longest request line
 * @param headBytes largest head of a request or an answer, all header fields together
 * @param bodyBytes largest body of a request; 0 for no limit
 * @param connections open client connections; further ones are closed at once; 0 for as many as there is memory for
 * @param handshakes handshakes under way, shared evenly by the event loops; at the limit a new one takes the place of
 *     the oldest whose client is silent, else of the oldest; 0 for as many as there is memory for
 * @param handshakeBytes what a client may send before its handshake is complete
 * @param upstreamIdlePerLoop idle connections kept for each upstream server and event loop
 * @param upstreamReceiveBytes receive buffer of an upstream connection's socket, SO_RCVBUF: what is under way from a
 *     server at most
 * @param leastRate bytes a second, over a time of {@code timeouts.body}, at which a client must send a body or read an
 *     answer
 * @param upstreamConnections connections of each upstream server and event loop
 * @param upstreamQueue requests of each upstream server and event loop that may wait for one of those
 * @param perAddress what the clients of one address may have at once
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
    /** What holds where nothing is configured. */
    public static final LimitConfig DEFAULTS = new LimitConfig(
            8 << 10, 32 << 10, 0, 0, 0, 64 << 10, 1024, 256 << 10, 64, 16_384, 1024, AddressLimits.NONE);

    /** The same with what holds by default for the rest. */
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

    /** The same but for these two. */
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
