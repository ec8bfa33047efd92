package io.offramp.proxy.handshake.certificate;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemGenerationException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;

/** Certificates of every kind, made in memory. */
public final class TestCertificates {
    public static final KeyPurposeId SERVER_AUTH = KeyPurposeId.id_kp_serverAuth;

    private static final AtomicLong SERIAL = new AtomicLong(1);

    private TestCertificates() {}

    public static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of several primes of 512 bits, since finding two large ones takes minutes. */
    public static KeyPair rsaOfPrimes(int primes) {
        Random random = new Random(primes);
        BigInteger exponent = BigInteger.valueOf(65537);
        BigInteger modulus = BigInteger.ONE;
        BigInteger order = BigInteger.ONE;
        for (int i = 0; i < primes; i++) {
            BigInteger prime = BigInteger.probablePrime(512, random);
            modulus = modulus.multiply(prime);
            order = order.multiply(prime.subtract(BigInteger.ONE));
        }
        try {
            KeyFactory factory = KeyFactory.getInstance("RSA");
            return new KeyPair(
                    factory.generatePublic(new RSAPublicKeySpec(modulus, exponent)),
                    factory.generatePrivate(new RSAPrivateKeySpec(modulus, exponent.modInverse(order))));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Self-signed, valid now. */
    public static X509Certificate selfSigned(KeyPair pair, String commonName, String... names) {
        return issue(pair, commonName, pair, commonName, Instant.now(), names);
    }

    /** Valid for a day around {@code at}. */
    public static X509Certificate issue(
            KeyPair subject, String commonName, KeyPair issuer, String issuerName, Instant at, String... names) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + issuerName),
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(at.minus(Duration.ofDays(1))),
                    Date.from(at.plus(Duration.ofDays(1))),
                    new X500Name("CN=" + commonName),
                    subject.getPublic());
            if (names.length == 0) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            } else {
                GeneralName[] sans = Arrays.stream(names)
                        .map(n -> new GeneralName(GeneralName.dNSName, n))
                        .toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(sans));
            }
            String algorithm = issuer.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuer.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Self-signed for {@code a.test}, for one purpose. */
    static X509Certificate forPurpose(KeyPair pair, KeyPurposeId purpose) {
        X500Name name = new X500Name("CN=a.test");
        Instant now = Instant.now();
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(Duration.ofDays(1))),
                    name,
                    pair.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "a.test")));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public static ServerIdentity identity(List<X509Certificate> chain, PrivateKey key) {
        try {
            return new ServerIdentity(chain, key, Instant.now());
        } catch (BadCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    public static ServerIdentity identity(KeyPair pair, String commonName, String... names) {
        try {
            return new ServerIdentity(List.of(selfSigned(pair, commonName, names)), pair.getPrivate(), Instant.now());
        } catch (BadCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String pem(X509Certificate... certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append(pem(() -> new JcaMiscPEMGenerator(certificate)));
        }
        return text.toString();
    }

    public static String pkcs8(PrivateKey key) {
        return pem(() -> new JcaPKCS8Generator(key, null));
    }

    /** PKCS#1 for RSA, SEC1 for EC. */
    public static String traditional(PrivateKey key) {
        return key instanceof ECPrivateKey ec ? pem(() -> () -> sec1(ec)) : pem(() -> new JcaMiscPEMGenerator(key));
    }

    /** With the curve inside, as openssl writes it; Bouncy Castle's generator leaves it out. */
    private static PemObject sec1(ECPrivateKey key) throws PemGenerationException {
        int bits = key.getParams().getCurve().getField().getFieldSize();
        ASN1ObjectIdentifier curve = bits == 256 ? SECObjectIdentifiers.secp256r1 : SECObjectIdentifiers.secp384r1;
        try {
            return new PemObject(
                    "EC PRIVATE KEY", new org.bouncycastle.asn1.sec.ECPrivateKey(bits, key.getS(), curve).getEncoded());
        } catch (IOException e) {
            throw new PemGenerationException(e.getMessage(), e);
        }
    }

    public static String pem(PemSource source) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(source.make());
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** As private keys should be: no other user can read it. */
    public static Path write(Path file, String text) {
        try {
            Files.writeString(file, text);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public interface PemSource {
        PemObjectGenerator make() throws IOException, GeneralSecurityException, OperatorCreationException;
    }
}
