package io.offramp.proxy.handshake.ticket;

import io.offramp.proxy.handshake.certificate.IdentityTable;
import io.offramp.proxy.handshake.client.Trust;
import org.jspecify.annotations.Nullable;

/**
 * By whose word a session with a server began. It is resumed only where both are the same: a resumed session has no
 * certificates, so the server would be trusted, and would know us, by those of the past.
 *
 * @param trust by which the server is verified; null if it is not
 * @param identity our certificates; null for none
 */
public record SessionParties(
        @Nullable Trust trust, @Nullable IdentityTable identity) {
    /** Whether nothing was replaced meanwhile. */
    boolean areStill(SessionParties now) {
        return are(now.trust, now.identity);
    }

    /** Whether they are these. */
    public boolean are(@Nullable Trust nowTrusted, @Nullable IdentityTable own) {
        return trust == nowTrusted && identity == own;
    }
}
