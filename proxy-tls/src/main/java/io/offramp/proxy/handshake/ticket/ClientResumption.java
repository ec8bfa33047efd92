package io.offramp.proxy.handshake.ticket;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.HandshakeSecret;
import io.offramp.proxy.handshake.crypto.Kdf;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.tls.SessionOffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Vector;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SessionParameters;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/** What one handshake with a server resumes, and leaves for later ones. Not thread-safe. */
public final class ClientResumption {
    /** Of a TLS 1.2 session, whose server does not say how long it keeps it: OpenSSL's is 5 minutes. */
    private static final long SESSION_MS = TimeUnit.MINUTES.toMillis(5);

    private final HandshakeCrypto crypto;
    private final ClientSessions sessions;
    private final String server;
    private final SessionParties parties;
    private final @Nullable ClientSession offered;
    private boolean resumed;
    private boolean complete;

    private long pathEndMs = Long.MAX_VALUE;

    /**
     * Takes the newest session.
     *
     * @param server key among the sessions
     * @param parties of this handshake
     */
    public ClientResumption(HandshakeCrypto crypto, ClientSessions sessions, String server, SessionParties parties) {
        this.crypto = crypto;
        this.sessions = sessions;
        this.server = server;
        this.parties = parties;
        this.offered = sessions.take(server, parties, System.currentTimeMillis());
    }

    /** The ticket of TLS 1.3 to offer; null for none. */
    public @Nullable Vector<TlsPSKExternal> offer13() {
        ClientSession session = offered;
        if (session == null || session.suite().version() != ProtocolVersion.TLS_1_3) {
            return null;
        }
        int prf =
                session.suite().kdf() == Kdf.SHA_384 ? PRFAlgorithm.tls13_hkdf_sha384 : PRFAlgorithm.tls13_hkdf_sha256;
        Vector<TlsPSKExternal> psks = new Vector<>();
        psks.add(new BasicTlsPSKExternal(
                session.identity(), crypto.createSecret(session.secret().clone(), true), prf));
        return psks;
    }

    /** The session of TLS 1.2 to offer; null for none. */
    public @Nullable TlsSession offer12() {
        ClientSession session = offered;
        if (session == null || session.suite().version() != ProtocolVersion.TLS_1_2) {
            return null;
        }
        SessionParameters parameters = new SessionParameters.Builder()
                .setCipherSuite(session.suite().code())
                .setExtendedMasterSecret(true)
                .setNegotiatedVersion(org.bouncycastle.tls.ProtocolVersion.TLSv12)
                .setMasterSecret(crypto.createSecret(session.secret().clone()))
                .build();
        return TlsUtils.importSession(session.identity(), parameters);
    }

    /**
     * Puts the obfuscated age into the offer of {@link #offer13} (RFC 8446 §4.2.11.1).
     *
     * @param offeredPsks the extension with one identity, without binders
     */
    public void putTicketAge(byte[] offeredPsks) {
        if (offered != null) {
            int age = (int) (System.currentTimeMillis() - offered.startMs()) + offered.ageAdd();
            ByteBuffer.wrap(offeredPsks).putInt(2 + 2 + offered.identity().length, age);
        }
    }

    /** Whether the server took the ticket. */
    public void onSelected13(boolean taken) {
        resumed = taken;
    }

    /** The server's session ID of TLS 1.2; empty for none. It may be the bytes of a ticket, which is no session ID. */
    public void onSessionId(byte[] id) {
        resumed = offered != null
                && offered.suite().version() == ProtocolVersion.TLS_1_2
                && id.length > 0
                && Arrays.equals(id, offered.identity());
    }

    /** Whether a session was resumed. */
    public boolean isResumed() {
        return resumed;
    }

    /** The server's path has been verified; its sessions end when it expires. */
    public void limit(Instant notAfter) {
        pathEndMs = notAfter.toEpochMilli();
    }

    /**
     * Keeps the session of TLS 1.2; in TLS 1.3 returns what will take its tickets.
     *
     * @param negotiated with the master secret still alive
     */
    public @Nullable SessionOffers onComplete(SecurityParameters negotiated) throws IOException {
        complete = true;
        if (resumed && offered != null) {
            pathEndMs = offered.pathEndMs();
        }
        TlsSuite suite = TlsSuite.of(negotiated.getCipherSuite());
        if (suite.version() == ProtocolVersion.TLS_1_3) {
            byte[] master = crypto.resumptionMasterSecret(
                    suite.kdf(), negotiated.getMasterSecret(), negotiated.getLocalVerifyData());
            return new OfferedTickets(sessions, server, suite, master, pathEndMs, parties);
        }
        byte[] id = negotiated.getSessionID();
        if (!resumed
                && id != null
                && id.length > 0
                && negotiated.isExtendedMasterSecret() // RFC 7627 §5.3
                && negotiated.getMasterSecret() instanceof HandshakeSecret secret) {
            long nowMs = System.currentTimeMillis();
            sessions.put(
                    server,
                    new ClientSession(
                            suite,
                            id.clone(),
                            secret.dangerousData().clone(),
                            0,
                            nowMs,
                            Math.min(nowMs + SESSION_MS, pathEndMs),
                            pathEndMs,
                            parties));
        }
        return null;
    }

    /**
     * The server has broken the handshake. What was offered may be the reason, so the sessions with it are forgotten
     * (RFC 5246 §7.2.2).
     */
    public void onBroken() {
        if (offered != null && !complete) {
            sessions.drop(server);
        }
    }

    /** Wipes what was offered. May be called more than once. */
    public void destroy() {
        if (offered != null) {
            offered.destroy();
        }
    }
}
