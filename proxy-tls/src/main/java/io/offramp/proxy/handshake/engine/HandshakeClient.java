package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.certificate.StapledSigner;
import io.offramp.proxy.handshake.client.ServerVerifier;
import io.offramp.proxy.handshake.client.Trust;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.SigningScheme;
import io.offramp.proxy.handshake.ticket.ClientResumption;
import io.offramp.proxy.tls.SessionOffers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsSession;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/** Our choices in a handshake with a server, and what is kept of them. Called by Bouncy Castle. Not thread-safe. */
@SuppressWarnings("rawtypes") // the engine is older than generics
final class HandshakeClient extends DefaultTlsClient implements TlsAuthentication {
    private final HandshakeCrypto crypto;
    private final ClientHandshake target;
    private final ClientResumption resumption;
    private Shown shown = Shown.NOT_ASKED;
    private @Nullable SecurityParameters completed;
    private @Nullable SessionOffers offers;

    /** What the server got that asked for our certificate. */
    enum Shown {
        NOT_ASKED,
        NOTHING,
        CERTIFICATE
    }

    HandshakeClient(HandshakeCrypto crypto, ClientHandshake target) {
        super(crypto);
        this.crypto = crypto;
        this.target = target;
        this.resumption =
                new ClientResumption(crypto, target.settings().sessions(), target.sessionKey(), target.parties());
    }

    Shown shown() {
        return shown;
    }

    /** Null until the handshake is complete. */
    @Nullable
    SecurityParameters completed() {
        return completed;
    }

    /** Whether the server has resumed a session. */
    boolean isResumed() {
        return resumption.isResumed();
    }

    /** The group of the key exchange; null if it is not known. */
    @Nullable
    Group group() {
        return completed == null ? null : Group.of(completed.getNegotiatedGroup());
    }

    /** Moves what takes later sessions to the caller; null for none. */
    @Nullable
    SessionOffers takeOffers() {
        SessionOffers taken = offers;
        offers = null;
        return taken;
    }

    /** See {@link ClientResumption#putTicketAge}. */
    void putTicketAge(byte[] offeredPsks) {
        resumption.putTicketAge(offeredPsks);
    }

    /** The server has broken the handshake. */
    void onBroken() {
        resumption.onBroken();
    }

    /** Wipes what is left. */
    void destroy() {
        resumption.destroy();
        SessionOffers left = takeOffers();
        if (left != null) {
            left.destroy();
        }
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return target.settings().versions();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return target.settings().suites();
    }

    @Override
    protected Vector getSupportedGroups(Vector namedGroupRoles) {
        Vector<Integer> groups = new Vector<>();
        target.settings().groups().forEach(group -> groups.add(group.code()));
        return groups;
    }

    /** The best group, and one that every server of today takes, so that few have to ask for another. */
    @Override
    public Vector getEarlyKeyShareGroups() {
        List<Group> groups = target.settings().groups();
        Vector<Integer> shares = new Vector<>();
        shares.add(groups.getFirst().code());
        if (groups.getFirst().isHybrid() && groups.contains(Group.X25519)) {
            shares.add(Group.X25519.code());
        }
        return shares;
    }

    @Override
    protected Vector getSupportedSignatureAlgorithms() {
        Vector<SignatureAndHashAlgorithm> schemes = new Vector<>();
        SigningScheme.VERIFIABLE.forEach(scheme -> schemes.add(scheme.wire()));
        return schemes;
    }

    @Override
    protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
        return null;
    }

    /** RFC 6066 §3: names only, no addresses. */
    @Override
    protected @Nullable Vector getSNIServerNames() {
        String name = target.name().sni();
        if (name == null) {
            return null;
        }
        Vector<ServerName> names = new Vector<>();
        names.add(new ServerName(NameType.host_name, name.getBytes(StandardCharsets.US_ASCII)));
        return names;
    }

    @Override
    protected @Nullable Vector getProtocolNames() {
        if (target.protocols().isEmpty()) {
            return null;
        }
        Vector<ProtocolName> names = new Vector<>();
        target.protocols().forEach(name -> names.add(ProtocolName.asUtf8Encoding(name)));
        return names;
    }

    @Override
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        extensions.remove(TlsExtensionsUtils.EXT_encrypt_then_mac); // for suites that are not offered
        if (ProtocolVersion.contains(getProtocolVersions(), ProtocolVersion.TLSv13)) { // or there are no tickets
            TlsExtensionsUtils.addPSKKeyExchangeModesExtension(extensions, getPskKeyExchangeModes());
        }
        return extensions;
    }

    @Override
    public @Nullable Vector getExternalPSKs() {
        return resumption.offer13();
    }

    @Override
    public @Nullable TlsSession getSessionToResume() {
        return resumption.offer12();
    }

    @Override
    public void notifySelectedPSK(@Nullable TlsPSK selected) {
        resumption.onSelected13(selected != null);
    }

    @Override
    public void notifySessionID(byte[] sessionId) {
        resumption.onSessionId(sessionId);
    }

    /** {@link MessageLengths} refuses long messages, with a fitting alert. */
    @Override
    public int getMaxHandshakeMessageSize() {
        return Integer.MAX_VALUE;
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return this;
    }

    @Override
    public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
        Trust trust = target.parties().trust();
        if (trust != null) { // otherwise any certificate will do
            resumption.limit(
                    new ServerVerifier(trust, target.name(), Instant.now()).verify(certificate.getCertificate()));
        }
    }

    /** RFC 8446 §4.4.2: none if the server accepts none of our schemes; it decides then. */
    @Override
    public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
        List<Credentials> ours = target.credentials();
        boolean tls13 = TlsUtils.isTLSv13(context);
        for (Credentials each : ours) {
            StapledSigner signer = each.signer(request.getSupportedSignatureAlgorithms(), tls13, false);
            if (signer != null) {
                shown = Shown.CERTIFICATE;
                return signer;
            }
        }
        shown = Shown.NOTHING;
        return null;
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        SecurityParameters negotiated = context.getSecurityParametersConnection();
        ProtocolName chosen = negotiated.getApplicationProtocol();
        if (chosen != null && !target.protocols().contains(chosen.getUtf8Decoding())) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "protocol that was not offered");
        }
        crypto.keyLog().onComplete(negotiated);
        offers = resumption.onComplete(negotiated);
        completed = negotiated;
    }
}
