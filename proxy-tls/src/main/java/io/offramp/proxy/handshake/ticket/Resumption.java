package io.offramp.proxy.handshake.ticket;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.certificate.IdentityTable;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.HkdfLabel;
import io.offramp.proxy.handshake.crypto.Kdf;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Vector;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsPSKExternal;
import org.jspecify.annotations.Nullable;

/**
 * Resumption in one handshake: whether the client's offer is good, and what the client gets for the next time. A
 * session is resumed only under the conditions that it began with; only the application protocol is negotiated again
 * (RFC 7301 §3.1). Not thread-safe.
 */
public final class Resumption {
    /** Each costs a decryption; clients offer one or two. */
    private static final int MAX_IDENTITIES = 4;

    private final HandshakeCrypto crypto;
    private final IdentityTable identities;
    private final Tickets tickets;
    private final ClientRestorer clients;
    private final byte[] policy;
    private @Nullable String serverName;
    private boolean takesTickets13;
    private @Nullable ResumableSession resumed;

    /** Restores the identity that the client has proved. */
    @FunctionalInterface
    public interface ClientRestorer {
        /**
         * Takes over the client's identity from a session.
         *
         * @param path DER of its certificates, its own first; empty for none
         * @return false if the session must not be resumed because of it
         */
        boolean restore(List<byte[]> path);
    }

    /**
     * @param policy digest of what is demanded of clients, at most 255 bytes: a session that began under other demands
     *     must not be resumed
     */
    public Resumption(
            HandshakeCrypto crypto, IdentityTable identities, Tickets tickets, byte[] policy, ClientRestorer clients) {
        this.crypto = crypto;
        this.identities = identities;
        this.tickets = tickets;
        this.clients = clients;
        this.policy = policy;
    }

    /** Called for each ClientHello: one after a HelloRetryRequest may have dropped its PSKs. */
    public void onClientHello(ClientHello hello, @Nullable String firstServerName) throws IOException {
        serverName = firstServerName;
        resumed = null;
        short[] modes = TlsExtensionsUtils.getPSKKeyExchangeModesExtension(hello.getExtensions());
        takesTickets13 = modes != null && org.bouncycastle.util.Arrays.contains(modes, PskKeyExchangeMode.psk_dhe_ke);
    }

    /** The handshake becomes a full one. */
    public void forget() {
        resumed = null;
    }

    /** Whether this handshake resumes a session. */
    public boolean isResumed() {
        return resumed != null;
    }

    /**
     * The first good ticket among what a TLS 1.3 client offers (RFC 8446 §4.2.11); null for a full handshake.
     *
     * @param identities of {@link PskIdentity}; the chosen one is replaced by one of age 0, since that is what the
     *     engine looks it up by
     * @param suites of which one will be chosen, or has been
     */
    public @Nullable TlsPSKExternal choosePsk(Vector<PskIdentity> identities, int[] suites) {
        for (int i = 0; i < Math.min(identities.size(), MAX_IDENTITIES); i++) {
            byte[] ticket = identities.get(i).getIdentity();
            ResumableSession session = tickets.open(ticket);
            if (session != null
                    && accept(
                            session,
                            ProtocolVersion.TLS_1_3,
                            usable(suites, session.suite().kdf()),
                            false)) {
                identities.set(i, new PskIdentity(ticket, 0));
                int prf = session.suite().kdf() == Kdf.SHA_384
                        ? PRFAlgorithm.tls13_hkdf_sha384
                        : PRFAlgorithm.tls13_hkdf_sha256;
                return new BasicTlsPSKExternal(ticket, crypto.createSecret(session.secret(), true), prf);
            }
        }
        return null;
    }

    /** The suites that fit the resumed session: in TLS 1.3, those with its hash (RFC 8446 §4.2.11). */
    public int[] usable(int[] suites) {
        ResumableSession session = resumed;
        return session == null ? suites : usable(suites, session.suite().kdf());
    }

    /**
     * The tickets for a TLS 1.3 client whose handshake is complete.
     *
     * @param negotiated with the master secret still alive
     * @param leaf of the certificate that we have sent; null if a session was resumed
     * @param clientPath DER of the client's certificates; empty for none
     * @return NewSessionTicket messages, empty for none
     */
    public byte[] newTickets13(SecurityParameters negotiated, Credentials.@Nullable Leaf leaf, List<byte[]> clientPath)
            throws IOException {
        ResumableSession before = resumed;
        byte[] certificate = before != null ? before.certificate() : leaf != null ? leaf.fingerprint() : null;
        if (!takesTickets13 || certificate == null) {
            return new byte[0];
        }
        TlsSuite suite = TlsSuite.of(negotiated.getCipherSuite());
        long startS = before == null ? tickets.nowS() : before.startS();
        long lifetimeS = tickets.secondsLeft(startS, notAfterS(certificate));
        int count = before == null ? tickets.count() : Math.min(1, tickets.count());
        if (lifetimeS <= 0 || count == 0) {
            return new byte[0];
        }
        Kdf kdf = suite.kdf();
        byte[] master =
                crypto.resumptionMasterSecret(kdf, negotiated.getMasterSecret(), negotiated.getPeerVerifyData());
        ByteArrayOutputStream messages = new ByteArrayOutputStream(512);
        for (byte i = 0; i < count; i++) {
            byte[] nonce = {i};
            byte[] psk = kdf.expand(master, HkdfLabel.of("resumption", nonce, kdf.hashBytes()), kdf.hashBytes());
            ResumableSession session = session(suite, true, startS, certificate, psk, clientPath);
            byte[] ticket = tickets.seal(session);
            session.destroy();
            if (ticket != null) {
                int ageAdd = crypto.getSecureRandom().nextInt();
                messages.writeBytes(NewSessionTicket13.encode(lifetimeS, ageAdd, nonce, ticket));
            }
        }
        Arrays.fill(master, (byte) 0);
        return messages.toByteArray();
    }

    /** This handshake's session, with the conditions that it begins with; takes ownership of {@code secret}. */
    ResumableSession session(
            TlsSuite suite,
            boolean extendedMasterSecret,
            long startS,
            byte[] certificate,
            byte[] secret,
            List<byte[]> clientPath) {
        return new ResumableSession(
                suite, extendedMasterSecret, startS, certificate, serverName, policy, secret, clientPath);
    }

    /**
     * Resumes a session; or refuses it, destroys it and counts the refusal.
     *
     * @param version that has been chosen
     * @param usableSuites that the session could continue with
     * @param lacksMasterSecret whether the client now has the extended master secret, and the session does not
     */
    boolean accept(ResumableSession session, ProtocolVersion version, int[] usableSuites, boolean lacksMasterSecret) {
        TicketRefusal refusal =
                lacksMasterSecret ? TicketRefusal.MASTER_SECRET : refusal(session, version, usableSuites);
        if (refusal == null) {
            resumed = session;
            return true;
        }
        session.destroy();
        tickets.refuse(refusal);
        return false;
    }

    private @Nullable TicketRefusal refusal(ResumableSession session, ProtocolVersion version, int[] usableSuites) {
        if (session.version() != version) {
            return TicketRefusal.VERSION;
        }
        if (!Objects.equals(session.serverName(), serverName)) {
            return TicketRefusal.SERVER_NAME;
        }
        long notAfterS = notAfterS(session.certificate());
        if (tickets.secondsLeft(session.startS(), Long.MAX_VALUE) <= 0) {
            return TicketRefusal.EXPIRED;
        }
        if (tickets.secondsLeft(session.startS(), notAfterS) <= 0) {
            return TicketRefusal.CERTIFICATE;
        }
        if (usableSuites.length == 0) {
            return TicketRefusal.SUITE;
        }
        boolean samePolicy = Arrays.equals(session.policy(), policy);
        return samePolicy && clients.restore(session.clientPath()) ? null : TicketRefusal.POLICY;
    }

    /** When the certificate of this fingerprint expires; 0 if it no longer serves this name. */
    private long notAfterS(byte[] fingerprint) {
        for (Credentials candidate : identities.candidates(serverName)) {
            Credentials.Leaf leaf = candidate.leaf();
            if (Arrays.equals(leaf.fingerprint(), fingerprint)) {
                return leaf.notAfterS();
            }
        }
        return 0;
    }

    private static int[] usable(int[] suites, Kdf kdf) {
        int[] usable = new int[suites.length];
        int count = 0;
        for (int code : suites) {
            TlsSuite suite = TlsSuite.of(code);
            if (suite.kdf() == kdf && suite.version() == ProtocolVersion.TLS_1_3) {
                usable[count++] = code;
            }
        }
        return Arrays.copyOf(usable, count);
    }
}
