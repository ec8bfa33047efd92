package io.offramp.proxy.upstream;

import io.offramp.proxy.connection.Connection;

/** The TLS session of one connection to a server. Confined to the event loop. */
public interface TransportSession {
    /** What was agreed on, and the statistics of both directions. */
    Connection connection();

    /** Whether the last read emptied the socket, and the session holds nothing of it; false while it delivers. */
    boolean isDrained();

    /** Whether it has received more than it has delivered: a part of a record, or what a device still opens. */
    boolean holdsInput();

    /** Whether it began by the certificates and revocation lists of today; otherwise it carries no further request. */
    boolean isCurrent();
}
