package io.offramp.proxy.handshake.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Vector;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDHConfig;
import org.bouncycastle.tls.crypto.TlsDHDomain;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsHMAC;
import org.bouncycastle.tls.crypto.TlsHash;
import org.bouncycastle.tls.crypto.TlsKemConfig;
import org.bouncycastle.tls.crypto.TlsKemDomain;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.TlsSRP6Client;
import org.bouncycastle.tls.crypto.TlsSRP6Server;
import org.bouncycastle.tls.crypto.TlsSRP6VerifierGenerator;
import org.bouncycastle.tls.crypto.TlsSRPConfig;
import org.bouncycastle.tls.crypto.TlsSecret;

/**
 * Forwards the part of Bouncy Castle's crypto interface that handshakes here do not override to one shared
 * implementation.
 */
@SuppressWarnings("rawtypes") // the interface is older than generics
abstract class ForwardingCrypto implements TlsCrypto {
    private final TlsCrypto shared;

    /** @param shared thread-safe, used by all connections */
    ForwardingCrypto(TlsCrypto shared) {
        this.shared = shared;
    }

    @Override
    public boolean hasAnyStreamVerifiers(Vector signatureAndHashAlgorithms) {
        return shared.hasAnyStreamVerifiers(signatureAndHashAlgorithms);
    }

    @Override
    public boolean hasAnyStreamVerifiersLegacy(short[] clientCertificateTypes) {
        return shared.hasAnyStreamVerifiersLegacy(clientCertificateTypes);
    }

    @Override
    public boolean hasCertificateType(short certificateType) {
        return shared.hasCertificateType(certificateType);
    }

    @Override
    public boolean hasCryptoHashAlgorithm(int cryptoHashAlgorithm) {
        return shared.hasCryptoHashAlgorithm(cryptoHashAlgorithm);
    }

    @Override
    public boolean hasCryptoSignatureAlgorithm(int cryptoSignatureAlgorithm) {
        return shared.hasCryptoSignatureAlgorithm(cryptoSignatureAlgorithm);
    }

    @Override
    public boolean hasDHAgreement() {
        return shared.hasDHAgreement();
    }

    @Override
    public boolean hasECDHAgreement() {
        return shared.hasECDHAgreement();
    }

    @Override
    public boolean hasEncryptionAlgorithm(int encryptionAlgorithm) {
        return shared.hasEncryptionAlgorithm(encryptionAlgorithm);
    }

    @Override
    public boolean hasHKDFAlgorithm(int cryptoHashAlgorithm) {
        return shared.hasHKDFAlgorithm(cryptoHashAlgorithm);
    }

    @Override
    public boolean hasKemAgreement() {
        return shared.hasKemAgreement();
    }

    @Override
    public boolean hasMacAlgorithm(int macAlgorithm) {
        return shared.hasMacAlgorithm(macAlgorithm);
    }

    @Override
    public boolean hasNamedGroup(int namedGroup) {
        return shared.hasNamedGroup(namedGroup);
    }

    @Override
    public boolean hasRSAEncryption() {
        return shared.hasRSAEncryption();
    }

    @Override
    public boolean hasSignatureAlgorithm(short signatureAlgorithm) {
        return shared.hasSignatureAlgorithm(signatureAlgorithm);
    }

    @Override
    public boolean hasSignatureAndHashAlgorithm(SignatureAndHashAlgorithm sigAndHashAlgorithm) {
        return shared.hasSignatureAndHashAlgorithm(sigAndHashAlgorithm);
    }

    @Override
    public boolean hasSignatureScheme(int signatureScheme) {
        return shared.hasSignatureScheme(signatureScheme);
    }

    @Override
    public boolean hasSRPAuthentication() {
        return shared.hasSRPAuthentication();
    }

    @Override
    public TlsSecret createHybridSecret(TlsSecret s1, TlsSecret s2) {
        return shared.createHybridSecret(s1, s2);
    }

    @Override
    public TlsSecret createSecret(byte[] data) {
        return shared.createSecret(data);
    }

    @Override
    public TlsSecret generateRSAPreMasterSecret(ProtocolVersion clientVersion) {
        return shared.generateRSAPreMasterSecret(clientVersion);
    }

    @Override
    public SecureRandom getSecureRandom() {
        return shared.getSecureRandom();
    }

    @Override
    public TlsCertificate createCertificate(byte[] encoding) throws IOException {
        return shared.createCertificate(encoding);
    }

    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
        return shared.createCertificate(type, encoding);
    }

    @Override
    public TlsCipher createCipher(TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm)
            throws IOException {
        return shared.createCipher(parameters, encryptionAlgorithm, macAlgorithm);
    }

    @Override
    public TlsDHDomain createDHDomain(TlsDHConfig config) {
        return shared.createDHDomain(config);
    }

    @Override
    public TlsECDomain createECDomain(TlsECConfig config) {
        return shared.createECDomain(config);
    }

    @Override
    public TlsKemDomain createKemDomain(TlsKemConfig config) {
        return shared.createKemDomain(config);
    }

    @Override
    public TlsSecret adoptSecret(TlsSecret secret) {
        return shared.adoptSecret(secret);
    }

    @Override
    public TlsHash createHash(int cryptoHashAlgorithm) {
        return shared.createHash(cryptoHashAlgorithm);
    }

    @Override
    public TlsHMAC createHMAC(int macAlgorithm) {
        return shared.createHMAC(macAlgorithm);
    }

    @Override
    public TlsHMAC createHMACForHash(int cryptoHashAlgorithm) {
        return shared.createHMACForHash(cryptoHashAlgorithm);
    }

    @Override
    public TlsNonceGenerator createNonceGenerator(byte[] additionalSeedMaterial) {
        return shared.createNonceGenerator(additionalSeedMaterial);
    }

    @Override
    public TlsSRP6Client createSRP6Client(TlsSRPConfig config) {
        return shared.createSRP6Client(config);
    }

    @Override
    public TlsSRP6Server createSRP6Server(TlsSRPConfig config, BigInteger verifier) {
        return shared.createSRP6Server(config, verifier);
    }

    @Override
    public TlsSRP6VerifierGenerator createSRP6VerifierGenerator(TlsSRPConfig config) {
        return shared.createSRP6VerifierGenerator(config);
    }

    @Override
    public TlsSecret hkdfInit(int cryptoHashAlgorithm) {
        return shared.hkdfInit(cryptoHashAlgorithm);
    }
}
