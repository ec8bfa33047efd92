package io.offramp.proxy.handshake.certificate;

import io.offramp.offload.PrivateFile;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemWriter;

/** A self-signed certificate for this machine's own names, so that the first start needs no preparation. */
public final class DevelopmentCertificate {
    /** Name of the file, certificate and key in one. */
    public static final String FILE_NAME = "offramp-dev.pem";

    private static final Duration VALIDITY = Duration.ofDays(365);
    private static final Duration RENEW_BEFORE = Duration.ofDays(7);

    private DevelopmentCertificate() {}

    /**
     * Makes {@value #FILE_NAME} in a directory, or finds the one made earlier if it is still good. ECDSA P-256, for
     * {@code localhost}, {@code 127.0.0.1} and {@code ::1}, one year; readable by its owner only. Blocks.
     *
     * @param dir created if it is missing
     * @return the file: certificate and key
     * @throws IOException if it cannot be written
     */
    public static Path create(Path dir) throws IOException {
        Path file = dir.resolve(FILE_NAME);
        if (isGood(file)) {
            return file;
        }
        Files.createDirectories(dir);
        PrivateFile.replace(file, pem(Instant.now()));
        return file;
    }

    private static boolean isGood(Path file) {
        try {
            ServerIdentity identity = ServerIdentity.load(file, file);
            return identity.names().contains("localhost")
                    && Instant.now().plus(RENEW_BEFORE).isBefore(identity.notAfter());
        } catch (BadCertificateException e) {
            return false; // missing or broken: make a new one
        }
    }

    private static String pem(Instant now) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            StringWriter text = new StringWriter();
            try (PemWriter writer = new PemWriter(text)) {
                writer.writeObject(new JcaMiscPEMGenerator(certificate(pair, now)));
                writer.writeObject(new JcaPKCS8Generator(pair.getPrivate(), null));
            }
            return text.toString();
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no development certificate: " + e.getMessage(), e);
        }
    }

    private static X509CertificateHolder certificate(KeyPair pair, Instant now)
            throws IOException, OperatorCreationException {
        X500Name name = new X500Name("CN=localhost,O=Offramp development");
        GeneralName[] names = {
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.iPAddress, "::1")
        };
        return new X509v3CertificateBuilder(
                        name,
                        new BigInteger(127, new SecureRandom()).setBit(126),
                        Date.from(now.minus(Duration.ofHours(1))), // clients' clocks run behind
                        Date.from(now.plus(VALIDITY)),
                        name,
                        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()))
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names))
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    }
}
