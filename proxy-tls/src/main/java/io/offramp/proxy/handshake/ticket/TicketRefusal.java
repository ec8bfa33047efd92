package io.offramp.proxy.handshake.ticket;

import java.util.Locale;

/** Why a session that a client offered was not resumed: the handshake becomes a full one. */
public enum TicketRefusal {
    /** Protected with an unknown key: made before a restart, by another instance, or too long ago. */
    UNKNOWN_KEY,
    /** Does not authenticate, or is not one of our tickets. */
    FORGED,
    /** A session ID that is not kept, or no longer. */
    UNKNOWN_SESSION,
    /** Its lifetime is over. */
    EXPIRED,
    /** Of another protocol version. */
    VERSION,
    /** One side no longer supports its cipher suite, or in TLS 1.3 any suite with its hash. */
    SUITE,
    /** The client asks for another server name now. */
    SERVER_NAME,
    /** Its certificate is gone or has expired. */
    CERTIFICATE,
    /** What is demanded of clients has changed. */
    POLICY,
    /** Made without the extended master secret, which the client now has (RFC 7627 §5.3). */
    MASTER_SECRET;

    /** The name in metrics: {@code unknown_key}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
