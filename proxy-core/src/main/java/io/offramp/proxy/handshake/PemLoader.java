package io.offramp.proxy.handshake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
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
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** Reads certificates and private keys from PEM files (RFC 7468), whatever else is in them. */
final class PemLoader {
    /** Far above any chain: a mistyped path must not fill the heap. */
    private static final int MAX_FILE_BYTES = 1 << 20;

    private PemLoader() {}

    /** All certificates of the file, in order; at least one. */
    static List<X509Certificate> certificates(Path file) throws BadCertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Object object : objects(file)) {
            if (object instanceof X509CertificateHolder holder) {
                certificates.add(certificate(holder, file));
            }
        }
        if (certificates.isEmpty()) {
            throw new BadCertificateException("no certificate in " + file + "; PEM is expected: -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    /** The first private key of the file. */
    static PrivateKey privateKey(Path file) throws BadCertificateException {
        for (Object object : objects(file)) {
            switch (object) {
                case PrivateKeyInfo pkcs8 -> {
                    return key(pkcs8, file);
                }
                case PEMKeyPair traditional -> {
                    return key(traditional.getPrivateKeyInfo(), file);
                }
                case PKCS8EncryptedPrivateKeyInfo encrypted -> throw encrypted(file);
                case PEMEncryptedKeyPair encrypted -> throw encrypted(file);
                default -> { } // certificates and EC parameters may stand in the same file
            }
        }
        throw new BadCertificateException("no private key in " + file + "; PEM is expected: -----BEGIN PRIVATE KEY-----");
    }

    static @Nullable String commonName(X509Certificate certificate) throws BadCertificateException {
        try {
            RDN[] names = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()).getRDNs(BCStyle.CN);
            return names.length == 0 ? null : IETFUtils.valueToString(names[0].getFirst().getValue());
        } catch (IllegalArgumentException e) { // no UTF-8, where the encoding says so
            throw new BadCertificateException("common name does not parse: " + e.getMessage(), e);
        }
    }

    private static List<Object> objects(Path file) throws BadCertificateException {
        String text = text(file);
        List<Object> objects = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                objects.add(object);
            }
        } catch (IOException | RuntimeException e) { // the parser throws unchecked on some malformed input
            throw new BadCertificateException("PEM does not parse: " + file + ": " + e.getMessage(), e);
        }
        return objects;
    }

    private static String text(Path file) throws BadCertificateException {
        return new String(bytes(file, MAX_FILE_BYTES), StandardCharsets.ISO_8859_1);
    }

    /** The whole file, if it is no larger than that. */
    static byte[] bytes(Path file, int maxBytes) throws BadCertificateException {
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

    private static X509Certificate certificate(X509CertificateHolder holder, Path file) throws BadCertificateException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
        } catch (CertificateException | IOException e) {
            throw new BadCertificateException("certificate does not parse: " + file + ": " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(PrivateKeyInfo pkcs8, Path file) throws BadCertificateException {
        String algorithm = algorithm(pkcs8, file);
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new BadCertificateException(algorithm + " private key does not parse: " + file + ": " + e.getMessage(), e);
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
        throw new BadCertificateException("private key in " + file + " is neither ECDSA nor RSA (algorithm " + oid + ")");
    }

    private static BadCertificateException encrypted(Path file) {
        return new BadCertificateException("private key in " + file + " is encrypted; decrypt it first: openssl pkey -in "
                + file + " -out plain-key.pem");
    }
}
