package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.certificate.IdentityTable;
import io.offramp.proxy.handshake.certificate.StapledSigner;
import io.offramp.proxy.handshake.client.CertificateList;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.KeyLogTap;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.handshake.ticket.Resumption;
import io.offramp.proxy.handshake.ticket.Resumption12;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.ClientIdentity;
import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatus;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.NewSessionTicket;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The server's choices in a handshake, and what it keeps of them. Called by Bouncy Castle; see
 * {@link HandshakeProtocol}. Not thread-safe.
 */
@SuppressWarnings("rawtypes") // the engine is older than generics
final class HandshakeServer extends DefaultTlsServer {
    private final KeyLogTap keyLog;
    private final HandshakeSettings settings;
    private final ClientClaim claim;
    private final IdentityTable identities;
    private final @Nullable Resumption resumption;
    private final @Nullable Resumption12 resumption12;
    private ClientOffer offer = ClientOffer.NONE;
    private @Nullable ReceivedHello first;
    private @Nullable StapledSigner credentials;
    private @Nullable SecurityParameters completed;
    private RecordSizeLimit recordSizeLimit = new RecordSizeLimit.None();
    private int group = -1;
    private int alertSent = -1;
    private @Nullable Throwable alertCause;
    private byte[] newTickets = {};

    HandshakeServer(HandshakeCrypto crypto, HandshakeSettings settings) {
        super(crypto);
        this.keyLog = crypto.keyLog();
        this.settings = settings;
        this.claim = new ClientClaim(settings.clientTrust());
        this.identities = settings.identities().table();
        Tickets tickets = settings.tickets();
        this.resumption = tickets == null
                ? null
                : new Resumption(crypto, identities, tickets, claim.policyDigest(), claim::restore);
        this.resumption12 =
                tickets == null || resumption == null ? null : new Resumption12(crypto, tickets, resumption);
    }

    /**
     * Called once, before anything is chosen.
     *
     * @return what the engine gets of it
     */
    ClientHello onFirstClientHello(ReceivedHello received) throws IOException {
        ClientHello hello = ClientHelloChecks.accept(received, settings.versions(), settings.groups());
        offer = ClientOffer.of(hello, settings.groups());
        first = received;
        if (resumption != null) {
            resumption.onClientHello(hello, offer.serverName());
        }
        return hello;
    }

    /**
     * The answer to a HelloRetryRequest. All choices stay, except for a session to resume, which is offered again.
     *
     * @return what the engine gets of it
     */
    ClientHello onSecondClientHello(ReceivedHello received) throws IOException {
        if (first != null) {
            ClientHelloChecks.requireUnchanged(first, received);
        }
        ClientHello hello = ClientHelloChecks.accept(received, settings.versions(), settings.groups());
        claim.forget();
        if (resumption != null) {
            resumption.onClientHello(hello, offer.serverName());
        }
        return hello;
    }

    /** What the client asked for. */
    ClientOffer offer() {
        return offer;
    }

    /** Null until the handshake is complete. */
    @Nullable
    SecurityParameters completed() {
        return completed;
    }

    /** The group of the key exchange. */
    @Nullable
    Group group() {
        return Group.of(group);
    }

    /** Most content of a record that we protect. */
    int recordLimit() {
        return recordSizeLimit.contentBytes(TlsUtils.isTLSv13(context.getServerVersion()));
    }

    /** Most content of a record in plaintext. */
    int plaintextLimit() {
        return recordSizeLimit.plaintextBytes();
    }

    /** The identity that the client claims; proved once the handshake is complete. Null without a certificate. */
    @Nullable
    ClientIdentity client() {
        return claim.identity();
    }

    /** Number of the fatal alert that was raised; -1 if none. */
    int alertSent() {
        return alertSent;
    }

    @Nullable
    Throwable alertCause() {
        return alertCause;
    }

    /** Whether a session was resumed; known when the handshake is complete. */
    boolean isResumed() {
        return resumption != null && resumption.isResumed();
    }

    /** NewSessionTicket messages of TLS 1.3 for the session to send; empty for none. */
    byte[] newTickets() {
        return newTickets;
    }

    @Override
    public @Nullable TlsPSKExternal getExternalPSK(Vector identities) {
        if (resumption == null) {
            return null;
        }
        int chosen = context.getSecurityParametersHandshake().getCipherSuite(); // before a HelloRetryRequest
        @SuppressWarnings("unchecked")
        Vector<PskIdentity> offered = identities;
        return resumption.choosePsk(offered, chosen > 0 ? new int[] {chosen} : commonSuites());
    }

    @Override
    public int[] getCipherSuites() {
        return resumption == null ? super.getCipherSuites() : resumption.usable(super.getCipherSuites());
    }

    @Override
    public @Nullable TlsSession getSessionToResume(byte[] sessionID) {
        return resumption12 == null ? null : resumption12.choose(sessionID, clientExtensions, commonSuites());
    }

    @Override
    public byte @Nullable [] getNewSessionID() {
        return resumption12 == null ? null : resumption12.newId();
    }

    /**
     * Neither the session nor the ClientHello has the extended master secret; if only one had it, the session would not
     * be resumed.
     */
    @Override
    public boolean allowLegacyResumption() {
        return true;
    }

    @Override
    public Hashtable getServerExtensions() throws IOException {
        Hashtable extensions = super.getServerExtensions();
        if (resumption12 == null || TlsUtils.isTLSv13(context)) {
            return extensions;
        }
        Hashtable all = TlsExtensionsUtils.ensureExtensionsInitialised(extensions);
        resumption12.announce(all);
        return all;
    }

    @Override
    public NewSessionTicket getNewSessionTicket() throws IOException {
        Credentials.Leaf leaf = shownLeaf();
        return resumption12 == null || leaf == null
                ? super.getNewSessionTicket()
                : resumption12.newTicket(context.getSecurityParametersHandshake(), leaf, claim.path());
    }

    private int[] commonSuites() {
        int[] ours = settings.suites();
        int[] common = new int[ours.length];
        int count = 0;
        for (int suite : ours) {
            if (Arrays.contains(offeredCipherSuites, suite)) {
                common[count++] = suite;
            }
        }
        return Arrays.copyOf(common, count);
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return settings.versions();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return settings.suites();
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    @Override
    public boolean preferLocalSupportedGroups() {
        return true;
    }

    @Override
    public int[] getSupportedGroups() {
        return offer.preferredGroups().clone();
    }

    @Override
    public void processClientExtensions(Hashtable clientExtensions) throws IOException {
        super.processClientExtensions(clientExtensions);
        maxFragmentLengthOffered = -1; // answered below, if at all
        recordSizeLimit = RecordSizeLimit.of(clientExtensions);
    }

    /** In resumed sessions too: the limit is agreed again each time (RFC 8449 §4). */
    @Override
    public void getServerExtensionsForConnection(Hashtable serverExtensions) throws IOException {
        super.getServerExtensionsForConnection(serverExtensions);
        recordSizeLimit.answer(serverExtensions, TlsUtils.isTLSv13(context.getServerVersion()));
    }

    @Override
    protected @Nullable Vector getProtocolNames() {
        return settings.protocols().isEmpty() ? null : settings.protocols();
    }

    @Override
    protected @Nullable ProtocolName selectProtocolName() throws IOException {
        return settings.ignoresOtherProtocols()
                ? selectProtocolName(clientProtocolNames, settings.protocols())
                : super.selectProtocolName();
    }

    @Override
    protected boolean allowEncryptThenMAC() {
        return false;
    }

    @Override
    protected boolean allowCertificateStatus() {
        return credentials != null && credentials.status() != null;
    }

    /** TLS 1.2; in 1.3 it is in the certificate message. */
    @Override
    public @Nullable CertificateStatus getCertificateStatus() {
        return credentials == null ? null : credentials.status();
    }

    /** A TLS 1.2 client without RFC 5746 is served: it cannot renegotiate here anyway. */
    @Override
    public void notifySecureRenegotiation(boolean secureRenegotiation) {}

    /** TLS 1.2. The engine would take the client's first curve, whether or not it is one of ours. */
    @Override
    protected int selectECDH(int minimumCurveBits) {
        group = settings.groupOfTls12(context.getSecurityParametersHandshake().getClientSupportedGroups());
        return group;
    }

    /** TLS 1.2: a suite binds the kind of certificate, and an ECDSA certificate a curve (RFC 8422 §5.1). */
    @Override
    protected boolean isSelectableCipherSuite(
            int cipherSuite, int curveBits, int fieldBits, Vector signatureAlgorithms) {
        return TlsUtils.isValidVersionForCipherSuite(cipherSuite, context.getServerVersion())
                && selectECDH(1) >= 0
                && choose(TlsSuite.of(cipherSuite)) != null;
    }

    @Override
    protected boolean selectCipherSuite(int cipherSuite) throws IOException {
        credentials = choose(TlsSuite.of(cipherSuite));
        // a resumed session needs no certificate, and its client need not list what it can verify
        return (credentials != null || isResumed()) && super.selectCipherSuite(cipherSuite);
    }

    @Override
    protected String getDetailMessageNoCipherSuite() {
        return "no cipher suite, signature scheme or group in common";
    }

    /**
     * Requested in a full handshake only, even if a session was to be resumed at first: no certificate was needed then,
     * and the client's earlier identity does not count.
     */
    @Override
    public TlsCredentials getCredentials() throws IOException {
        claim.forget();
        if (resumption != null) {
            resumption.forget();
        }
        if (credentials == null) {
            credentials =
                    choose(TlsSuite.of(context.getSecurityParametersHandshake().getCipherSuite()));
        }
        if (credentials == null) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, getDetailMessageNoCipherSuite());
        }
        return credentials;
    }

    @Override
    public @Nullable CertificateRequest getCertificateRequest() throws IOException {
        return claim.request(TlsUtils.isTLSv13(context));
    }

    /** {@link MessageLengths} refuses long messages, with a fitting alert. */
    @Override
    public int getMaxHandshakeMessageSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int getMaxCertificateChainLength() {
        return CertificateList.MAX_CERTIFICATES;
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        claim.receive(certificate, TlsUtils.isTLSv13(context));
    }

    private @Nullable StapledSigner choose(TlsSuite suite) {
        List<Credentials> candidates = identities.candidates(offer.serverName());
        return CertificateChoice.of(candidates, suite, offer, context.getSecurityParametersHandshake());
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        completed = context.getSecurityParametersConnection();
        keyLog.onComplete(completed);
        if (TlsUtils.isTLSv13(completed.getNegotiatedVersion())) {
            group = completed.getNegotiatedGroup();
            if (resumption != null) {
                newTickets = resumption.newTickets13(completed, shownLeaf(), claim.path());
            }
        } else if (resumption12 != null && !isResumed()) {
            Credentials.Leaf leaf = shownLeaf();
            if (leaf != null) {
                resumption12.keep(completed, leaf, claim.path());
            }
        }
    }

    private Credentials.@Nullable Leaf shownLeaf() {
        return credentials == null ? null : Credentials.leafOf(credentials.getCertificate());
    }

    @Override
    public void notifyAlertRaised(short level, short description, String message, Throwable cause) {
        if (level == AlertLevel.fatal && alertSent < 0) {
            alertSent = description;
            alertCause = cause;
        }
    }
}
