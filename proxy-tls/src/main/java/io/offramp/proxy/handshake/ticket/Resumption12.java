package io.offramp.proxy.handshake.ticket;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.HandshakeSecret;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.util.Hashtable;
import java.util.List;
import java.util.stream.IntStream;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * What TLS 1.2 adds to {@link Resumption}: tickets in the handshake itself (RFC 5077), and session IDs for clients
 * without tickets. Not thread-safe.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the engine is older than generics
public final class Resumption12 {
    private static final int ID_BYTES = 32;
    private static final Integer SESSION_TICKET = ExtensionType.session_ticket;
    private static final Integer EXTENDED_MASTER_SECRET = ExtensionType.extended_master_secret;
    private static final NewSessionTicket NONE = new NewSessionTicket(0, TlsUtils.EMPTY_BYTES);

    private final HandshakeCrypto crypto;
    private final Tickets tickets;
    private final Resumption common;
    private boolean takesTickets;

    public Resumption12(HandshakeCrypto crypto, Tickets tickets, Resumption common) {
        this.crypto = crypto;
        this.tickets = tickets;
        this.common = common;
    }

    /**
     * The session that the client offers, by ticket or by ID, if it is good; null for a full handshake.
     *
     * @param id of the ClientHello; with a ticket, the client's choice, echoed to show that the ticket was accepted
     * @param extensions of the ClientHello
     * @param suites that both sides support
     */
    public @Nullable TlsSession choose(byte[] id, Hashtable extensions, int[] suites) {
        byte[] ticket = (byte[]) extensions.get(SESSION_TICKET);
        takesTickets = ticket != null;
        if (id.length == 0) {
            return null; // nothing to echo; clients with a ticket invent an ID (RFC 5077 §3.4)
        }
        ResumableSession session =
                ticket == null ? tickets.cached(id) : ticket.length > 0 ? tickets.open(ticket) : null;
        if (session == null) { // or an ID that only hides TLS 1.3 from middleboxes (RFC 8446 §D.4)
            return null;
        }
        int[] usable = IntStream.of(suites)
                .filter(suite -> suite == session.suite().code())
                .toArray();
        boolean lacksMasterSecret = !session.extendedMasterSecret() && extensions.containsKey(EXTENDED_MASTER_SECRET);
        if (!common.accept(session, ProtocolVersion.TLS_1_2, usable, lacksMasterSecret)) {
            return null;
        }
        SessionParameters parameters = new SessionParameters.Builder()
                .setCipherSuite(session.suite().code())
                .setExtendedMasterSecret(session.extendedMasterSecret())
                .setNegotiatedVersion(org.bouncycastle.tls.ProtocolVersion.TLSv12)
                .setMasterSecret(crypto.createSecret(session.secret()))
                .build();
        return TlsUtils.importSession(id, parameters);
    }

    /** A new ID for a full handshake; null for a client with tickets, or if no sessions are kept. */
    public byte @Nullable [] newId() {
        if (takesTickets || !tickets.keepsSessions()) {
            return null;
        }
        byte[] id = new byte[ID_BYTES];
        crypto.getSecureRandom().nextBytes(id);
        return id;
    }

    /** Promises a ticket after a full handshake, if the client has asked for one. */
    public void announce(Hashtable serverExtensions) {
        if (takesTickets) {
            serverExtensions.put(SESSION_TICKET, TlsUtils.EMPTY_BYTES);
        }
    }

    /** The promised ticket; empty if there is none after all. */
    public NewSessionTicket newTicket(SecurityParameters negotiated, Credentials.Leaf leaf, List<byte[]> clientPath) {
        ResumableSession session = session(negotiated, leaf, clientPath);
        if (session == null) {
            return NONE;
        }
        byte[] ticket = tickets.seal(session);
        session.destroy();
        return ticket == null
                ? NONE
                : new NewSessionTicket(tickets.secondsLeft(session.startS(), leaf.notAfterS()), ticket);
    }

    /** Keeps the session of a full handshake under its ID, if it has one. */
    public void keep(SecurityParameters negotiated, Credentials.Leaf leaf, List<byte[]> clientPath) {
        byte[] id = negotiated.getSessionID();
        ResumableSession session = id.length == 0 || takesTickets ? null : session(negotiated, leaf, clientPath);
        if (session != null) {
            tickets.keep(id, session);
        }
    }

    /**
     * Without the extended master secret, a session with a client certificate could be spliced (RFC 7627 §1), so it is
     * not resumed.
     */
    private @Nullable ResumableSession session(
            SecurityParameters negotiated, Credentials.Leaf leaf, List<byte[]> clientPath) {
        long startS = tickets.nowS();
        boolean spliceable = !negotiated.isExtendedMasterSecret() && !clientPath.isEmpty();
        if (spliceable || tickets.secondsLeft(startS, leaf.notAfterS()) <= 0) {
            return null;
        }
        byte[] master =
                ((HandshakeSecret) negotiated.getMasterSecret()).dangerousData().clone();
        TlsSuite suite = TlsSuite.of(negotiated.getCipherSuite());
        return common.session(
                suite, negotiated.isExtendedMasterSecret(), startS, leaf.fingerprint(), master, clientPath);
    }
}
