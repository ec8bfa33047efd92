package io.offramp.proxy.tls;

import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/**
 * What a completed handshake leaves behind: all that the session needs, and nothing of the engine. Owns the keys and
 * secrets, until the session takes them.
 *
 * @param negotiated what was agreed on
 * @param rxKeys what the peer protects with, at its next record
 * @param rxBoundary where the peer's stream stands: behind its Finished
 * @param txKeys what we protect with, at our next record
 * @param txBoundary where our stream stands: behind all that the handshake has written
 * @param secrets TLS 1.3 only: the secrets from which a KeyUpdate derives the next
 * @param tickets TLS 1.3 only: NewSessionTicket messages one behind the other (RFC 8446 §4.6.1), to be sent before
 *     anything else; empty for none
 * @param offers takes the tickets of a server of TLS 1.3; null for none
 */
public record Handshaken(
        Negotiated negotiated,
        TrafficKeys rxKeys,
        RecordBoundary rxBoundary,
        TrafficKeys txKeys,
        RecordBoundary txBoundary,
        @Nullable ApplicationSecrets secrets,
        byte[] tickets,
        @Nullable SessionOffers offers) {
    /** With a client. */
    public Handshaken(
            Negotiated negotiated,
            TrafficKeys rxKeys,
            RecordBoundary rxBoundary,
            TrafficKeys txKeys,
            RecordBoundary txBoundary,
            @Nullable ApplicationSecrets secrets,
            byte[] tickets) {
        this(negotiated, rxKeys, rxBoundary, txKeys, txBoundary, secrets, tickets, null);
    }

    /** Without tickets. */
    public Handshaken(
            Negotiated negotiated,
            TrafficKeys rxKeys,
            RecordBoundary rxBoundary,
            TrafficKeys txKeys,
            RecordBoundary txBoundary,
            @Nullable ApplicationSecrets secrets) {
        this(negotiated, rxKeys, rxBoundary, txKeys, txBoundary, secrets, new byte[0]);
    }

    /** The same, with a taker of tickets, which moves along. */
    public Handshaken withOffers(@Nullable SessionOffers taker) {
        return new Handshaken(negotiated, rxKeys, rxBoundary, txKeys, txBoundary, secrets, tickets, taker);
    }

    /** Wipes everything; for a session that never starts. */
    public void destroy() {
        rxKeys.destroy();
        txKeys.destroy();
        if (secrets != null) {
            secrets.destroy();
        }
        if (offers != null) {
            offers.destroy();
        }
    }
}
