package io.offramp.proxy.http2.client;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.HttpFrontSettings;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.tls.Negotiated;
import org.jspecify.annotations.Nullable;

/**
 * The names that a connection's requests are for. Clients reuse a connection for all names of its certificate (RFC 9113
 * §9.1.1). Where another certificate serves the name, the request is misdirected (RFC 9110 §15.5.20). A client without
 * SNI could not do better, so it may ask for any name. Client authentication is the listener's, and the same for all.
 * Confined to the event loop.
 */
final class ReusedNames {
    private final Connection connection;
    private final HttpFrontSettings settings;
    /** The last authority that was found in order. */
    private @Nullable String known;

    ReusedNames(Connection connection, HttpFrontSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    /** True if another connection is needed for this target. */
    boolean isMisdirected(RequestTarget target) {
        String authority = target.authority();
        if (authority == null || authority.equals(known)) {
            return false;
        }
        Negotiated tls = connection.tls();
        String asked = tls == null ? null : tls.serverName();
        String host = target.host();
        if (asked != null && host != null && !host.equals(asked) && !settings.areShared(asked, host)) {
            return true;
        }
        known = authority;
        return false;
    }
}
