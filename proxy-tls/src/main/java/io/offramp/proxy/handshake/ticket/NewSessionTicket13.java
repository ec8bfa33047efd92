package io.offramp.proxy.handshake.ticket;

import java.nio.ByteBuffer;
import org.bouncycastle.tls.HandshakeType;

/** Writes the message that carries a ticket to a TLS 1.3 client (RFC 8446 §4.6.1). */
final class NewSessionTicket13 {
    private static final int HEADER_BYTES = 4;

    private NewSessionTicket13() {}

    /**
     * Without extensions: early_data would invite 0-RTT.
     *
     * @param lifetimeS in seconds
     * @param ageAdd random: hides the ticket's age from observers
     */
    static byte[] encode(long lifetimeS, int ageAdd, byte[] nonce, byte[] ticket) {
        int bodyBytes = 4 + 4 + 1 + nonce.length + 2 + ticket.length + 2;
        return ByteBuffer.allocate(HEADER_BYTES + bodyBytes)
                .putInt(HandshakeType.new_session_ticket << 24 | bodyBytes)
                .putInt((int) lifetimeS)
                .putInt(ageAdd)
                .put((byte) nonce.length)
                .put(nonce)
                .putShort((short) ticket.length)
                .put(ticket)
                .putShort((short) 0)
                .array();
    }
}
