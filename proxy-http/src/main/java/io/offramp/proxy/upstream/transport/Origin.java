package io.offramp.proxy.upstream.transport;

import io.offramp.proxy.upstream.KnownAddresses;
import io.offramp.proxy.upstream.TransportSession;
import io.offramp.proxy.upstream.UpstreamServer;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Where an open connection leads, and by whose word. Confined to the event loop. */
public final class Origin {
    private final UpstreamServer server;
    private final SocketAddress address;
    private final @Nullable TransportSession session;
    /** Addresses of the server that were seen to include this one; null at first: it may have moved meanwhile. */
    private @Nullable KnownAddresses known;

    /**
     * @param address that accepted
     * @param session null in the clear
     */
    public Origin(UpstreamServer server, SocketAddress address, @Nullable TransportSession session) {
        this.server = server;
        this.address = address;
        this.session = session;
    }

    /** Whether a connection would be the same today: another request may use this one. */
    boolean isCurrent() {
        if (session != null && !session.isCurrent()) {
            return false;
        }
        KnownAddresses now = server.knownAddresses();
        if (now != known) {
            if (!now.includes(address)) {
                return false;
            }
            known = now;
        }
        return true;
    }
}
