package io.offramp.proxy.handshake;

import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import java.util.stream.IntStream;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.KeyShareEntry;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/** What this server chooses in a handshake, and what it remembers of it. Bouncy Castle asks; see {@link HandshakeProtocol}. Not thread-safe. */
@SuppressWarnings("rawtypes") // the engine is older than generics
final class HandshakeServer extends DefaultTlsServer {
    private final HandshakeSettings settings;
    private @Nullable String serverName;
    private boolean earlyDataOffered;
    private boolean schemesOffered;
    private int[] groups = new int[0];
    private @Nullable TlsCredentialedSigner credentials;
    private @Nullable SecurityParameters completed;
    private int group = -1;
    private int alertSent = -1;
    private @Nullable Throwable alertCause;

    HandshakeServer(HandshakeCrypto crypto, HandshakeSettings settings) {
        super(crypto);
        this.settings = settings;
    }

    /**
     * Takes from the first ClientHello what the engine tells too late or not at all. A second one, after a HelloRetryRequest, changes
     * nothing of it (RFC 8446 §4.1.2).
     */
    void onFirstClientHello(ClientHello hello) throws IOException {
        Hashtable extensions = hello.getExtensions();
        groups = preferred(extensions);
        if (extensions != null) {
            serverName = ServerName.of(extensions);
            earlyDataOffered = extensions.containsKey(ExtensionType.early_data);
            schemesOffered = extensions.containsKey(ExtensionType.signature_algorithms);
        }
    }

    /** Null until the handshake is complete. */
    @Nullable SecurityParameters completed() {
        return completed;
    }

    @Nullable String serverName() {
        return serverName;
    }

    boolean earlyDataOffered() {
        return earlyDataOffered;
    }

    /** The group of the key exchange. */
    @Nullable Group group() {
        return Group.of(group);
    }

    /** Number of the fatal alert that was raised; -1 if none. */
    int alertSent() {
        return alertSent;
    }

    @Nullable Throwable alertCause() {
        return alertCause;
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

    /** Groups that the client sent a share for come first: a HelloRetryRequest costs more than any group gains. */
    @Override
    public int[] getSupportedGroups() {
        return groups.clone();
    }

    private static int[] preferred(@Nullable Hashtable extensions) throws IOException {
        Vector<?> shares = extensions == null ? null : TlsExtensionsUtils.getKeyShareClientHello(extensions);
        int[] all = Group.ALL.stream().mapToInt(Group::code).toArray();
        if (shares == null) {
            return all;
        }
        return IntStream.concat(
                        IntStream.of(all).filter(code -> hasShare(shares, code)),
                        IntStream.of(all).filter(code -> !hasShare(shares, code)))
                .toArray();
    }

    private static boolean hasShare(Vector<?> shares, int group) {
        return shares.stream().anyMatch(share -> share instanceof KeyShareEntry entry && entry.getNamedGroup() == group);
    }

    @Override
    public void processClientExtensions(Hashtable clientExtensions) throws IOException {
        try {
            super.processClientExtensions(clientExtensions);
        } catch (IllegalArgumentException e) { // a protocol name that is not UTF-8
            throw new TlsFatalAlert(AlertDescription.decode_error, e);
        }
        // RFC 6066 §4 lets a server decline; else every backend would have to cut records to the client's measure
        maxFragmentLengthOffered = -1;
    }

    @Override
    protected @Nullable Vector getProtocolNames() {
        return settings.protocols().isEmpty() ? null : settings.protocols();
    }

    @Override
    protected boolean allowEncryptThenMAC() {
        return false;
    }

    @Override
    protected boolean allowCertificateStatus() {
        return false;
    }

    /** A TLS 1.2 client without RFC 5746 is served: it cannot renegotiate here anyway. */
    @Override
    public void notifySecureRenegotiation(boolean secureRenegotiation) {}

    /** TLS 1.2. The engine would take the client's first curve, whether it is one of ours or not. */
    @Override
    protected int selectECDH(int minimumCurveBits) {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        if (offered == null) { // RFC 8422 §4: the server is free to choose
            return group = Group.SECP256R1.code();
        }
        return group = IntStream.of(groups).filter(ours -> contains(offered, ours)).findFirst().orElse(-1);
    }

    /** TLS 1.2: a suite binds the kind of certificate, and an ECDSA certificate a curve (RFC 8422 §5.1). */
    @Override
    protected boolean isSelectableCipherSuite(int cipherSuite, int curveBits, int fieldBits, Vector signatureAlgorithms) {
        return TlsUtils.isValidVersionForCipherSuite(cipherSuite, context.getServerVersion())
                && selectECDH(1) >= 0
                && choose(TlsSuite.of(cipherSuite)) != null;
    }

    @Override
    protected boolean selectCipherSuite(int cipherSuite) throws IOException {
        credentials = choose(TlsSuite.of(cipherSuite));
        return credentials != null && super.selectCipherSuite(cipherSuite);
    }

    @Override
    protected String getDetailMessageNoCipherSuite() {
        return "no cipher suite, signature scheme or group in common";
    }

    @Override
    public @Nullable TlsCredentials getCredentials() {
        return credentials;
    }

    private @Nullable TlsCredentialedSigner choose(TlsSuite suite) {
        // the engine fills the gap with SHA-1 (RFC 5246 §7.4.1.4.1), which nobody accepts any more (RFC 9155)
        Vector schemes = schemesOffered ? context.getSecurityParametersHandshake().getClientSigAlgs() : null;
        boolean tls13 = TlsUtils.isTLSv13(context);
        for (Credentials candidate : settings.identities().candidates(serverName)) {
            if (suite.allows(candidate.keyType()) && (tls13 || knowsCurve(candidate.keyType()))) {
                TlsCredentialedSigner signer = candidate.signer(schemes, tls13);
                if (signer != null) {
                    return signer;
                }
            }
        }
        return null;
    }

    private boolean knowsCurve(KeyType key) {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        return offered == null || switch (key) {
            case ECDSA_P256 -> contains(offered, Group.SECP256R1.code());
            case ECDSA_P384 -> contains(offered, Group.SECP384R1.code());
            case RSA -> true;
        };
    }

    private static boolean contains(int[] values, int value) {
        return IntStream.of(values).anyMatch(v -> v == value);
    }

    @Override
    public void notifyHandshakeComplete() {
        completed = context.getSecurityParametersConnection();
        if (TlsUtils.isTLSv13(completed.getNegotiatedVersion())) {
            group = completed.getNegotiatedGroup();
        }
    }

    @Override
    public void notifyAlertRaised(short level, short description, String message, Throwable cause) {
        if (level == AlertLevel.fatal && alertSent < 0) {
            alertSent = description;
            alertCause = cause;
        }
    }
}
