package io.offramp.proxy.handshake.crypto;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.tls.ApplicationSecrets;
import io.offramp.proxy.tls.Role;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsHash;
import org.bouncycastle.tls.crypto.TlsKemConfig;
import org.bouncycastle.tls.crypto.TlsKemDomain;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.bouncycastle.tls.crypto.impl.TlsImplUtils;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCryptoProvider;
import org.jspecify.annotations.Nullable;

/**
 * The cryptography of one handshake: the hot part runs here with the best provider for each primitive, and every secret
 * and key is tracked, so that {@link #destroy()} leaves none behind however the handshake ended. Not thread-safe.
 */
@SuppressWarnings("rawtypes") // the interface is older than generics
public final class HandshakeCrypto extends ForwardingCrypto {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final JcaTlsCrypto SHARED = new JcaTlsCryptoProvider().create(RANDOM, RANDOM);

    private final Role role;
    private final CryptoProviders providers;
    private final KeyLogTap keyLog;
    private final PeerCertificates certificates;
    private final Phases phases;
    private final List<HandshakeSecret> secrets = new ArrayList<>(32);
    private final List<TapCipher> ciphers = new ArrayList<>(2);
    private @Nullable ApplicationSecrets applicationSecrets;
    private @Nullable TranscriptHash transcript;

    /** Tells the handshake that keys change, and asks about early data. */
    public interface Phases {
        /** New keys are about to be used: what was written so far goes out under the old ones. */
        void onKeyChange() throws IOException;

        /** Whether the client announced 0-RTT data that may now be on its way. */
        boolean expectsEarlyData();
    }

    /** Parses a certificate of the peer. */
    public interface PeerCertificates {
        /**
         * The certificate, which verifies what its key has signed.
         *
         * @param type {@link org.bouncycastle.tls.CertificateType}
         * @throws IOException with the alert for a certificate that is not accepted
         */
        TlsCertificate parse(short type, byte[] encoding) throws IOException;
    }

    /** @param role ours: it decides which of the engine's secrets and keys are local ones */
    public HandshakeCrypto(
            Role role, CryptoProviders providers, KeyLog keyLog, PeerCertificates certificates, Phases phases) {
        super(SHARED);
        this.role = role;
        this.certificates = certificates;
        this.providers = providers;
        this.keyLog = new KeyLogTap(keyLog);
        this.phases = phases;
    }

    /** Shared by all connections. */
    public static JcaTlsCrypto shared() {
        return SHARED;
    }

    /** The cipher of the current phase of the handshake. */
    public @Nullable TapCipher lastCipher() {
        return ciphers.isEmpty() ? null : ciphers.getLast();
    }

    public KeyLogTap keyLog() {
        return keyLog;
    }

    /** Moves the TLS 1.3 application secrets to the caller; null in TLS 1.2. */
    public @Nullable ApplicationSecrets takeApplicationSecrets() {
        ApplicationSecrets taken = applicationSecrets;
        applicationSecrets = null;
        return taken;
    }

    /** Wipes all remaining secrets. May be called more than once. */
    public void destroy() {
        secrets.forEach(HandshakeSecret::destroy);
        ciphers.forEach(TapCipher::destroy);
        if (applicationSecrets != null) {
            applicationSecrets.destroy();
        }
    }

    @Override
    public boolean hasNamedGroup(int namedGroup) {
        return Group.of(namedGroup) != null || namedGroup == NamedGroup.MLKEM768;
    }

    @Override
    public boolean hasKemAgreement() {
        return true;
    }

    @Override
    public boolean hasECDHAgreement() {
        return true;
    }

    @Override
    public SecureRandom getSecureRandom() {
        return RANDOM;
    }

    /** Bouncy Castle would seed a generator for each connection. */
    @Override
    public TlsNonceGenerator createNonceGenerator(byte[] additionalSeedMaterial) {
        return size -> {
            byte[] nonce = new byte[size];
            RANDOM.nextBytes(nonce);
            return nonce;
        };
    }

    @Override
    public TlsHash createHash(int cryptoHashAlgorithm) {
        return switch (cryptoHashAlgorithm) {
            case CryptoHashAlgorithm.sha256, CryptoHashAlgorithm.sha384, CryptoHashAlgorithm.sha512 ->
                new TranscriptHash(this, Kdf.of(cryptoHashAlgorithm));
            default -> super.createHash(cryptoHashAlgorithm);
        };
    }

    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
        return certificates.parse(type, encoding);
    }

    /** In TLS 1.2 a peer's signature is verified over the messages themselves, which the engine keeps for it. */
    @Override
    public boolean hasAnyStreamVerifiers(Vector signatureAndHashAlgorithms) {
        return true;
    }

    @Override
    public TlsSecret createSecret(byte[] data) {
        return createSecret(data, false);
    }

    /** Takes ownership of {@code data}; see {@link HandshakeSecret}. */
    public TlsSecret createSecret(byte[] data, boolean ofResumption) {
        HandshakeSecret secret = new HandshakeSecret(this, data, ofResumption);
        secrets.add(secret);
        return secret;
    }

    /** The engine keeps its transcript to itself, but clones it for each hash that it needs. */
    void onTranscriptCloned(TranscriptHash original) {
        transcript = original;
    }

    /**
     * The resumption master secret (RFC 8446 §7.1), the caller's to wipe. To be called when a TLS 1.3 handshake is
     * complete: the transcript was last cloned for the client's Finished. A client's engine has added that to it, a
     * server's never does.
     *
     * @param finished the client's verify_data
     */
    public byte[] resumptionMasterSecret(Kdf kdf, TlsSecret masterSecret, byte[] finished) throws IOException {
        if (transcript == null) {
            throw new TlsFatalAlert(AlertDescription.internal_error, "no transcript");
        }
        TlsHash hash = transcript.cloneHash();
        if (role == Role.SERVER) {
            hash.update(new byte[] {HandshakeType.finished, 0, 0, (byte) finished.length}, 0, 4);
            hash.update(finished, 0, finished.length);
        }
        byte[] info = HkdfLabel.of("res master", hash.calculateHash(), kdf.hashBytes());
        return kdf.expand(secretOf(masterSecret), info, kdf.hashBytes());
    }

    @Override
    public TlsSecret adoptSecret(TlsSecret secret) {
        return secret instanceof HandshakeSecret ours
                ? createSecret(ours.dangerousData().clone())
                : super.adoptSecret(secret);
    }

    @Override
    public TlsSecret hkdfInit(int cryptoHashAlgorithm) {
        return createSecret(new byte[Kdf.of(cryptoHashAlgorithm).hashBytes()]);
    }

    @Override
    public TlsECDomain createECDomain(TlsECConfig config) {
        Group group = Group.of(config.getNamedGroup());
        if (group == null) {
            throw new IllegalStateException("group " + config.getNamedGroup());
        }
        return () -> new EphemeralAgreement(this, providers.agreements(group));
    }

    /** Only ever half of {@link Group#X25519MLKEM768}. */
    @Override
    public TlsKemDomain createKemDomain(TlsKemConfig config) {
        return () -> role == Role.SERVER
                ? new Encapsulation(this, providers.encapsulations())
                : new Decapsulation(this, providers.encapsulations());
    }

    /** The engine's agreements are not shared: both halves are consumed. */
    @Override
    public TlsSecret createHybridSecret(TlsSecret first, TlsSecret second) {
        byte[] left = first.extract();
        byte[] right = second.extract();
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        Arrays.fill(left, (byte) 0);
        Arrays.fill(right, (byte) 0);
        return createSecret(both);
    }

    @Override
    public TlsCipher createCipher(TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm)
            throws IOException {
        phases.onKeyChange();
        SecurityParameters negotiated = parameters.getSecurityParametersHandshake();
        keyLog.onKeys(negotiated, ciphers.isEmpty());
        AeadSuite suite = TlsSuite.of(negotiated.getCipherSuite()).aead();
        TapCipher cipher = TlsUtils.isTLSv13(negotiated.getNegotiatedVersion())
                ? cipher13(negotiated, suite)
                : cipher12(parameters, suite);
        ciphers.add(cipher);
        return cipher;
    }

    /** Called twice: for the handshake, then for the application data. */
    private TapCipher cipher13(SecurityParameters negotiated, AeadSuite suite) throws IOException {
        Kdf kdf = Kdf.of(negotiated.getPRFCryptoHashAlgorithm());
        byte[] client = secretOf(negotiated.getTrafficSecretClient());
        byte[] server = secretOf(negotiated.getTrafficSecretServer());
        byte[] local = role.local(client, server);
        byte[] peer = role.peer(client, server);
        boolean handshakePhase = ciphers.isEmpty();
        if (!handshakePhase) {
            applicationSecrets = new ApplicationSecrets(kdf.hashName(), local.clone(), peer.clone());
        }
        return new TapCipher(
                keys13(kdf, suite, peer), keys13(kdf, suite, local), handshakePhase && phases.expectsEarlyData());
    }

    /** RFC 8446 §7.3. */
    private static TrafficKeys keys13(Kdf kdf, AeadSuite suite, byte[] secret) {
        byte[] key = kdf.expand(secret, HkdfLabel.of("key", suite.keyBytes()), suite.keyBytes());
        byte[] iv = kdf.expand(secret, HkdfLabel.of("iv", AeadSuite.NONCE_BYTES), AeadSuite.NONCE_BYTES);
        return new TrafficKeys(ProtocolVersion.TLS_1_3, suite, key, iv, 0);
    }

    /** RFC 5246 §6.3: client key, server key, client IV, server IV; no MAC keys with an AEAD. */
    private TapCipher cipher12(TlsCryptoParameters parameters, AeadSuite suite) {
        int keyBytes = suite.keyBytes();
        int ivBytes = TrafficKeys.ivBytes(ProtocolVersion.TLS_1_2, suite);
        byte[] block = TlsImplUtils.calculateKeyBlock(parameters, 2 * (keyBytes + ivBytes));
        try {
            int ivs = 2 * keyBytes;
            TrafficKeys client = keys12(suite, block, 0, ivs);
            TrafficKeys server = keys12(suite, block, keyBytes, ivs + ivBytes);
            return new TapCipher(role.peer(client, server), role.local(client, server), false);
        } finally {
            Arrays.fill(block, (byte) 0);
        }
    }

    private static TrafficKeys keys12(AeadSuite suite, byte[] block, int keyAt, int ivAt) {
        byte[] key = Arrays.copyOfRange(block, keyAt, keyAt + suite.keyBytes());
        byte[] iv = Arrays.copyOfRange(block, ivAt, ivAt + TrafficKeys.ivBytes(ProtocolVersion.TLS_1_2, suite));
        return new TrafficKeys(ProtocolVersion.TLS_1_2, suite, key, iv, 0);
    }

    /** The secret itself, not a copy. */
    static byte[] secretOf(TlsSecret secret) throws IOException {
        if (secret instanceof HandshakeSecret ours) {
            return ours.dangerousData();
        }
        throw new TlsFatalAlert(AlertDescription.internal_error, "secret of another engine");
    }
}
