package io.offramp.proxy.handshake.ticket;

import java.util.Locale;

/** Why a session that a client offered was not resumed: the handshake goes on as a full one. */
public enum TicketRefusal {
    /** Protected with a key that is not here: made before a restart, by another instance, or too long ago. */
    UNKNOWN_KEY,
    /** Does not authenticate, or is no ticket of ours. */
    FORGED,
    /** A session ID that is not kept, or not any more. */
    UNKNOWN_SESSION,
    /** Its lifetime is over. */
    EXPIRED,
    /** Of another protocol version. */
    VERSION,
    /** The client or we do not take its cipher suite any more, or in TLS 1.3 any suite of its hash. */
    SUITE,
    /** The client asks for another server name now. */
    SERVER_NAME,
    /** The certificate that stood for it is gone, or has expired. */
    CERTIFICATE,
    /** What is demanded of clients has changed. */
    POLICY,
    /** Made without the extended master secret, which the client now has (RFC 7627 §5.3). */
    MASTER_SECRET;

    /** For metrics: {@code unknown_key}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
