package io.offramp.proxy.exchange;

import java.time.Duration;

/**
 * HTTP/2 towards the clients of a listener.
 *
 * @param enabled whether it is offered
 * @param streams requests under way at once on one connection
 * @param streamWindow bytes of a request's body that a client may send ahead, at first (RFC 9113 §5.2)
 * @param connectionWindow the same for all requests of a connection that no one has read yet
 * @param mostWindow to which either may grow
 * @param glitches cost of odd events that a connection may cause at once; 0 for no limit
 * @param maxAge after which a connection takes no new requests
 */
public record Http2Rules(
        boolean enabled,
        int streams,
        int streamWindow,
        int connectionWindow,
        int mostWindow,
        int glitches,
        Duration maxAge) {
    /** The default. */
    public static final Http2Rules DEFAULTS =
            new Http2Rules(true, 100, 256 << 10, 1 << 20, 8 << 20, 1000, Duration.ofHours(1));

    /** The same, but not offered. */
    public Http2Rules disabled() {
        return new Http2Rules(false, streams, streamWindow, connectionWindow, mostWindow, glitches, maxAge);
    }
}
