package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.TestCertificates;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A CA in memory: issues certificates of clients and of further CAs, and revokes them. */
public final class TestCa {
    private static final AtomicLong SERIAL = new AtomicLong(0xc0de);
    private static final Provider PROVIDER = new BouncyCastleProvider();
    private static final KeyPair CLIENT_KEY = TestCertificates.ec("secp256r1");

    private final X500Name name;
    private final KeyPair key;
    private final X509Certificate certificate;
    private final String algorithm;

    private TestCa(X500Name name, KeyPair key, X509Certificate certificate) {
        this(name, key, certificate, algorithm(key));
    }

    private TestCa(X500Name name, KeyPair key, X509Certificate certificate, String algorithm) {
        this.name = name;
        this.key = key;
        this.certificate = certificate;
        this.algorithm = algorithm;
    }

    /** A certificate with its key and those that certify it, as a client has it. */
    public record Client(List<X509Certificate> chain, PrivateKey key) {
        public X509Certificate certificate() {
            return chain.getFirst();
        }

        public String pem() {
            return TestCertificates.pem(chain.toArray(X509Certificate[]::new)) + TestCertificates.pkcs8(key);
        }

        public Client with(X509Certificate... intermediates) {
            return new Client(
                    Stream.concat(chain.stream(), Stream.of(intermediates)).toList(), key);
        }
    }

    /** What can differ between clients of a CA. */
    public record Spec(
            KeyPair key,
            Instant notBefore,
            Instant notAfter,
            List<KeyPurposeId> purposes,
            int usage,
            List<GeneralName> names) {
        Spec(KeyPair key, Instant notBefore, Instant notAfter, List<KeyPurposeId> purposes, int usage) {
            this(key, notBefore, notAfter, purposes, usage, List.of());
        }

        /** Names, and addresses that begin with {@code ip:}. */
        public Spec names(String... others) {
            return new Spec(
                    key,
                    notBefore,
                    notAfter,
                    purposes,
                    usage,
                    Stream.of(others)
                            .map(each -> each.startsWith("ip:")
                                    ? new GeneralName(GeneralName.iPAddress, each.substring(3))
                                    : new GeneralName(GeneralName.dNSName, each))
                            .toList());
        }

        public Spec key(KeyPair other) {
            return new Spec(other, notBefore, notAfter, purposes, usage, names);
        }

        public Spec valid(Instant from, Instant to) {
            return new Spec(key, from, to, purposes, usage, names);
        }

        public Spec purposes(KeyPurposeId... others) {
            return new Spec(key, notBefore, notAfter, List.of(others), usage, names);
        }

        Spec usage(int bits) {
            return new Spec(key, notBefore, notAfter, purposes, bits, names);
        }
    }

    public static TestCa root(String dn) {
        return root(dn, TestCertificates.ec("secp256r1"));
    }

    static TestCa root(String dn, KeyPair key) {
        X500Name name = new X500Name(dn);
        return new TestCa(name, key, sign(name, key, name, key, caSpec(key), true, algorithm(key)));
    }

    /** The same, but what it signs from now on is signed so. */
    TestCa signing(String other) {
        return new TestCa(name, key, certificate, other);
    }

    /** The same name and key, for another use. */
    TestCa using(int usage) {
        return new TestCa(name, key, sign(name, key, name, key, caSpec(key).usage(usage), true, algorithm));
    }

    /** The same name, another key. */
    TestCa impostor() {
        return root(name.toString());
    }

    /** The same name and key, for another time. */
    TestCa renewed(Instant notBefore, Instant notAfter) {
        return new TestCa(
                name, key, sign(name, key, name, key, caSpec(key).valid(notBefore, notAfter), true, algorithm));
    }

    public TestCa intermediate(String dn) {
        return intermediate(dn, TestCertificates.ec("secp256r1"));
    }

    TestCa intermediate(String dn, KeyPair own) {
        X500Name subject = new X500Name(dn);
        return new TestCa(subject, own, sign(subject, own, name, key, caSpec(own), true, algorithm));
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public String pem() {
        return TestCertificates.pem(certificate);
    }

    public Client client(String dn) {
        return client(dn, spec -> spec);
    }

    /** For a day around now, P-256, for servers of these names. */
    public Client server(String... names) {
        return client(
                "CN=" + names[0],
                spec -> spec.purposes(KeyPurposeId.id_kp_serverAuth).names(names));
    }

    /** For a day around now, P-256, for clients; then the changes apply. */
    public Client client(String dn, UnaryOperator<Spec> changes) {
        Instant now = Instant.now();
        Spec spec = changes.apply(new Spec(
                CLIENT_KEY,
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(1)),
                List.of(KeyPurposeId.id_kp_clientAuth),
                KeyUsage.digitalSignature));
        return new Client(
                List.of(sign(new X500Name(dn), spec.key, name, key, spec, false, algorithm)), spec.key.getPrivate());
    }

    /** A list of an hour ago, valid for a day. */
    public X509CRL crl(X509Certificate... revoked) {
        Instant now = Instant.now();
        return crl(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(1)), revoked);
    }

    X509CRL crl(Instant thisUpdate, Instant nextUpdate, X509Certificate... revoked) {
        try {
            var builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(thisUpdate));
            builder.setNextUpdate(Date.from(nextUpdate));
            for (X509Certificate each : revoked) {
                builder.addCRLEntry(each.getSerialNumber(), Date.from(thisUpdate), CRLReason.keyCompromise);
            }
            return new JcaX509CRLConverter()
                    .getCRL(builder.build(signer(algorithm).build(key.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String pem(X509CRL... lists) {
        StringBuilder text = new StringBuilder();
        for (X509CRL list : lists) {
            text.append(TestCertificates.pem(() -> new JcaMiscPEMGenerator(list)));
        }
        return text.toString();
    }

    private static Spec caSpec(KeyPair key) {
        Instant now = Instant.now();
        return new Spec(
                key,
                now.minus(Duration.ofDays(10)),
                now.plus(Duration.ofDays(10)),
                List.of(),
                KeyUsage.keyCertSign | KeyUsage.cRLSign);
    }

    private static X509Certificate sign(
            X500Name subject, KeyPair own, X500Name issuer, KeyPair signer, Spec spec, boolean ca, String algorithm) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(spec.notBefore),
                    Date.from(spec.notAfter),
                    subject,
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(spec.usage));
            if (!spec.purposes.isEmpty()) {
                builder.addExtension(
                        Extension.extendedKeyUsage,
                        true,
                        new ExtendedKeyUsage(spec.purposes.toArray(KeyPurposeId[]::new)));
            }
            if (!spec.names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(spec.names.toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(signer(algorithm).build(signer.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JcaContentSignerBuilder signer(String algorithm) {
        return new JcaContentSignerBuilder(algorithm).setProvider(PROVIDER);
    }

    private static String algorithm(KeyPair key) {
        return key.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    }
}
