package io.offramp.proxy.handshake.ticket;

import io.offramp.proxy.handshake.crypto.HkdfLabel;
import io.offramp.proxy.handshake.crypto.Kdf;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.tls.SessionOffers;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Makes sessions of the tickets that a server sends after a handshake of TLS 1.3 (RFC 8446 §4.6.1). */
final class OfferedTickets implements SessionOffers {
    /** RFC 8446 §4.6.1: seven days. */
    private static final long MAX_LIFETIME_S = TimeUnit.DAYS.toSeconds(7);

    private final ClientSessions sessions;
    private final String server;
    private final TlsSuite suite;
    private final byte[] master;
    private final long pathEndMs;
    private final SessionParties parties;

    /** @param master resumption master secret, which moves here */
    OfferedTickets(
            ClientSessions sessions,
            String server,
            TlsSuite suite,
            byte[] master,
            long pathEndMs,
            SessionParties parties) {
        this.sessions = sessions;
        this.server = server;
        this.suite = suite;
        this.master = master;
        this.pathEndMs = pathEndMs;
        this.parties = parties;
    }

    @Override
    public boolean onTicket(byte[] body) {
        try {
            ByteBuffer in = ByteBuffer.wrap(body);
            long lifetimeS = Math.min(Integer.toUnsignedLong(in.getInt()), MAX_LIFETIME_S);
            int ageAdd = in.getInt();
            byte[] nonce = take(in, in.get() & 0xff);
            byte[] ticket = take(in, in.getShort() & 0xffff);
            take(in, in.getShort() & 0xffff); // extensions: early data, which is not used
            if (in.hasRemaining() || ticket.length == 0) {
                return false;
            }
            if (lifetimeS > 0) {
                keep(ticket, nonce, ageAdd, lifetimeS);
            }
            return true;
        } catch (BufferUnderflowException e) {
            return false;
        }
    }

    private void keep(byte[] ticket, byte[] nonce, int ageAdd, long lifetimeS) {
        long nowMs = System.currentTimeMillis();
        long endMs = Math.min(nowMs + TimeUnit.SECONDS.toMillis(lifetimeS), pathEndMs);
        Kdf kdf = suite.kdf();
        byte[] psk = kdf.expand(master, HkdfLabel.of("resumption", nonce, kdf.hashBytes()), kdf.hashBytes());
        sessions.put(server, new ClientSession(suite, ticket, psk, ageAdd, nowMs, endMs, pathEndMs, parties));
    }

    @Override
    public void destroy() {
        Arrays.fill(master, (byte) 0);
    }

    /** Checks before it allocates. */
    private static byte[] take(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
