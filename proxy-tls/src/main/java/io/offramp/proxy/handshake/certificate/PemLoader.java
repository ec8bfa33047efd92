package io.offramp.proxy.handshake.certificate;

import io.offramp.proxy.reload.InputFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/** Certificates and private keys in PEM files, in the formats that OpenSSL and similar tools write. */
public final class PemLoader {
    private static final Set<String> CERTIFICATE = Set.of("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE");
    private static final Set<String> KEY =
            Set.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    private static final Map<ASN1ObjectIdentifier, String> OTHERS = Map.of(
            EdECObjectIdentifiers.id_Ed25519, "Ed25519",
            EdECObjectIdentifiers.id_Ed448, "Ed448",
            PKCSObjectIdentifiers.id_RSASSA_PSS, "RSASSA-PSS");
    private static final Set<String> CURVE = Set.of("EC PARAMETERS");

    private PemLoader() {}

    /**
     * All certificates of the file, in order; at least one. OpenSSL's "trusted certificates" append their purposes,
     * which are ignored.
     */
    public static List<X509Certificate> certificates(PemFile pem) throws BadCertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (PemFile.Block block : pem.take(CERTIFICATE)) {
            if (block.label().startsWith("TRUSTED")) {
                pem.warn("only the certificate itself is used: " + block + " of " + pem.file());
            }
            certificates.add(certificate(pem.der(block), pem.file()));
        }
        if (certificates.isEmpty()) {
            throw new BadCertificateException(
                    "no certificate in " + pem.file() + "; PEM is expected: -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /** The first private key of the file: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017) or SEC1 (RFC 5915). */
    static PrivateKey privateKey(PemFile pem) throws BadCertificateException {
        PemFile.Block block = pem.takeFirst(KEY);
        if (block == null) {
            throw new BadCertificateException(
                    "no private key in " + pem.file() + "; PEM is expected: -----BEGIN PRIVATE KEY-----");
        }
        if (block.isEncrypted() || block.label().equals("ENCRYPTED PRIVATE KEY")) {
            throw encrypted(pem.file());
        }
        byte[] der = pem.der(block);
        try {
            return key(
                    switch (block.label()) {
                        case "RSA PRIVATE KEY" ->
                            new PrivateKeyInfo(
                                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                                    RSAPrivateKey.getInstance(der));
                        case "EC PRIVATE KEY" -> ec(ECPrivateKey.getInstance(der), pem);
                        case "DSA PRIVATE KEY" -> throw unknown(pem.file(), "DSA");
                        default -> PrivateKeyInfo.getInstance(der);
                    },
                    pem.file());
        } catch (IOException | RuntimeException e) { // the parser throws unchecked on some malformed input
            throw new BadCertificateException(
                    "private key does not parse: " + pem.file() + ": " + block + ": " + e.getMessage(), e);
        }
    }

    /** The curve may also be in a block of its own, which most tools write and few need. */
    private static PrivateKeyInfo ec(ECPrivateKey key, PemFile pem) throws BadCertificateException, IOException {
        PemFile.Block curve = pem.takeFirst(CURVE);
        ASN1Object own = key.getParametersObject();
        ASN1Encodable parameters = own != null || curve == null ? own : ASN1Primitive.fromByteArray(pem.der(curve));
        return new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), key);
    }

    static @Nullable String commonName(X509Certificate certificate) throws BadCertificateException {
        try {
            RDN[] names = X500Name.getInstance(
                            certificate.getSubjectX500Principal().getEncoded())
                    .getRDNs(BCStyle.CN);
            return names.length == 0
                    ? null
                    : IETFUtils.valueToString(names[0].getFirst().getValue());
        } catch (IllegalArgumentException e) { // not UTF-8, although the encoding claims it
            throw new BadCertificateException("common name does not parse: " + e.getMessage(), e);
        }
    }

    /** The whole file, if it is no larger than the limit. */
    public static byte[] bytes(Path file, int maxBytes) throws BadCertificateException {
        try {
            byte[] content = InputFile.read(file, maxBytes + 1);
            if (content.length > maxBytes) {
                String most = maxBytes >= 1 << 20 ? (maxBytes >> 20) + " MiB" : (maxBytes >> 10) + " KiB";
                throw new BadCertificateException("larger than " + most + ": " + file);
            }
            return content;
        } catch (IOException e) {
            throw new BadCertificateException(String.valueOf(e.getMessage()), e);
        }
    }

    private static X509Certificate certificate(byte[] der, Path file) throws BadCertificateException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new BadCertificateException("certificate does not parse: " + file + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(PrivateKeyInfo pkcs8, Path file) throws BadCertificateException {
        String algorithm = algorithm(pkcs8, file);
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new BadCertificateException(
                    algorithm + " private key does not parse: " + file + ": " + e.getMessage(), e);
        }
    }

    private static String algorithm(PrivateKeyInfo pkcs8, Path file) throws BadCertificateException {
        var oid = pkcs8.getPrivateKeyAlgorithm().getAlgorithm();
        if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return "EC";
        }
        if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        }
        throw unknown(file, OTHERS.getOrDefault(oid, "algorithm " + oid));
    }

    private static BadCertificateException unknown(Path file, String algorithm) {
        return new BadCertificateException(
                "private key in " + file + " is " + algorithm + "; " + CertificateKeys.NEEDED);
    }

    private static BadCertificateException encrypted(Path file) {
        return new BadCertificateException("private key in " + file
                + " is encrypted; decrypt it first: openssl pkey -in " + file + " -out plain-key.pem");
    }
}
