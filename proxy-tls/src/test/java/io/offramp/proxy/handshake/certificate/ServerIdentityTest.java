package io.offramp.proxy.handshake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.handshake.crypto.KeyType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerIdentityTest {
    private static final KeyPair EC = TestCertificates.ec("secp256r1");
    private static final KeyPair RSA = TestCertificates.rsa(2048);
    private static final char[] PASSWORD = "secret".toCharArray();

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1"})
    void shouldLoadEcKeyInPkcs8AndSec1(String curve) throws Exception {
        KeyPair pair = TestCertificates.ec(curve);
        Path cert = file("cert.pem", TestCertificates.pem(TestCertificates.selfSigned(pair, "a", "a.test")));

        ServerIdentity pkcs8 = ServerIdentity.load(cert, file("p8.pem", TestCertificates.pkcs8(pair.getPrivate())));
        ServerIdentity sec1 =
                ServerIdentity.load(cert, file("sec1.pem", TestCertificates.traditional(pair.getPrivate())));

        assertThat(pkcs8.keyType().isEcdsa()).isTrue();
        assertThat(sec1.keyType()).isEqualTo(pkcs8.keyType());
        assertThat(sec1.warnings()).isEmpty();
        assertThat(sec1.toString()).doesNotContain("PrivateKey");
    }

    @Test
    void shouldLoadRsaKeyInPkcs8AndPkcs1() throws Exception {
        Path cert = file("cert.pem", TestCertificates.pem(TestCertificates.selfSigned(RSA, "a", "a.test")));

        ServerIdentity pkcs8 = ServerIdentity.load(cert, file("p8.pem", TestCertificates.pkcs8(RSA.getPrivate())));
        ServerIdentity pkcs1 =
                ServerIdentity.load(cert, file("p1.pem", TestCertificates.traditional(RSA.getPrivate())));

        assertThat(pkcs8.keyType()).isEqualTo(KeyType.RSA);
        assertThat(pkcs1.keyType()).isEqualTo(KeyType.RSA);
    }

    @Test
    void shouldLoadChainAndKeyFromOneFileInAnyOrder() throws Exception {
        X509Certificate root = TestCertificates.selfSigned(RSA, "root");
        X509Certificate leaf = TestCertificates.issue(EC, "leaf", RSA, "root", Instant.now(), "A.test", "*.b.test");
        String parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        Path file = file(
                "site.pem",
                "a comment\n" + parameters + TestCertificates.traditional(EC.getPrivate())
                        + TestCertificates.pem(leaf, root));

        ServerIdentity identity = ServerIdentity.load(file, file);

        assertThat(identity.chain()).containsExactly(leaf, root);
        assertThat(identity.names()).containsExactly("a.test", "*.b.test");
    }

    @Test
    void shouldTakeTheCommonNameWhereThereIsNoOtherName() {
        assertThat(TestCertificates.identity(EC, "Old.test").names()).containsExactly("old.test");
    }

    @Test
    void shouldNameTheFileThatIsMissing() {
        Path missing = dir.resolve("none.pem");

        assertBad(missing, missing, "no such file: " + missing);
        assertBad(dir, dir, "is a directory: " + dir);
    }

    @Test
    void shouldSayWhatAFileLacks() throws Exception {
        Path cert = file("cert.pem", TestCertificates.pem(TestCertificates.selfSigned(EC, "a", "a.test")));
        Path key = file("key.pem", TestCertificates.pkcs8(EC.getPrivate()));

        assertBad(key, key, "no certificate in " + key);
        assertBad(cert, cert, "no private key in " + cert);
        assertBad(
                file("junk.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"),
                key,
                "PEM does not parse");
    }

    @Test
    void shouldRefuseAKeyOfAnotherCertificate() throws Exception {
        Path cert = file("cert.pem", TestCertificates.pem(TestCertificates.selfSigned(EC, "a", "a.test")));
        Path otherEc = file(
                "ec.pem",
                TestCertificates.pkcs8(TestCertificates.ec("secp256r1").getPrivate()));
        Path otherRsa = file("rsa.pem", TestCertificates.pkcs8(RSA.getPrivate()));

        assertBad(cert, otherEc, "private key does not belong to the certificate of CN=a");
        assertBad(cert, otherRsa, "private key does not belong to the certificate of CN=a");
    }

    @Test
    void shouldRefuseAChainOfStrangers() throws Exception {
        X509Certificate leaf = TestCertificates.issue(EC, "leaf", RSA, "root", Instant.now(), "a.test");
        X509Certificate stranger = TestCertificates.selfSigned(TestCertificates.ec("secp256r1"), "stranger");
        Path key = file("key.pem", TestCertificates.pkcs8(EC.getPrivate()));

        assertBad(
                file("chain.pem", TestCertificates.pem(leaf, stranger)),
                key,
                "chain: certificate of CN=stranger does not sign that of CN=leaf, nor does another of the file; its "
                        + "issuer is CN=root");
    }

    @Test
    void shouldRefuseEncryptedKeysInBothForms() throws Exception {
        Path cert = file("cert.pem", TestCertificates.pem(TestCertificates.selfSigned(RSA, "a", "a.test")));
        BouncyCastleProvider provider = new BouncyCastleProvider();
        String pkcs8 = TestCertificates.pem(() -> new JcaPKCS8Generator(
                RSA.getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_128_CBC)
                        .setProvider(provider)
                        .setRandom(new SecureRandom())
                        .setPassword(PASSWORD)
                        .build()));
        String traditional = TestCertificates.pem(() -> new JcaMiscPEMGenerator(
                RSA.getPrivate(),
                new JcePEMEncryptorBuilder("AES-128-CBC").setProvider(provider).build(PASSWORD)));

        assertBad(cert, file("p8.pem", pkcs8), "is encrypted; decrypt it first");
        assertBad(cert, file("p1.pem", traditional), "is encrypted; decrypt it first");
    }

    @Test
    void shouldRefuseWeakAndUnknownKeys() throws Exception {
        KeyPair weak = TestCertificates.rsa(1024);
        KeyPair p521 = TestCertificates.ec("secp521r1");

        assertBad(
                file("w.pem", TestCertificates.pem(TestCertificates.selfSigned(weak, "w"))),
                file("wk.pem", TestCertificates.pkcs8(weak.getPrivate())),
                "RSA key of 1024 bits");
        assertBad(
                file("p.pem", TestCertificates.pem(TestCertificates.selfSigned(p521, "p"))),
                file("pk.pem", TestCertificates.pkcs8(p521.getPrivate())),
                "secp521r1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ed25519", "Ed448", "RSASSA-PSS"})
    void shouldNameAKeyThatItHasNoUseFor(String algorithm) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        Path cert = file("cert.pem", TestCertificates.pem(TestCertificates.selfSigned(EC, "a", "a.test")));
        Path key = file("key.pem", TestCertificates.pkcs8(pair.getPrivate()));

        assertBad(
                cert,
                key,
                "private key in " + key + " is " + algorithm + "; ECDSA P-256, ECDSA P-384 or RSA is needed");
        assertThatThrownBy(() -> CertificateKeys.typeOf(pair.getPublic()))
                .hasMessage(
                        "certificate of a key that is " + algorithm + "; ECDSA P-256, ECDSA P-384 or RSA is needed");
    }

    @Test
    void shouldWarnOfAPrivateKeyThatOthersCanRead() throws Exception {
        Path cert = file("cert.pem", TestCertificates.pem(TestCertificates.selfSigned(EC, "a", "a.test")));
        Path key = file("key.pem", TestCertificates.pkcs8(EC.getPrivate()));

        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(ServerIdentity.load(cert, key).warnings())
                .containsExactly("private key: everybody can read it: " + key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(ServerIdentity.load(cert, key).warnings())
                .containsExactly("private key: its group can read it: " + key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(cert, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(ServerIdentity.load(cert, key).warnings())
                .as("a certificate is no secret")
                .isEmpty();
    }

    @Test
    void shouldWarnOfCertificatesOutsideTheirTime() throws Exception {
        Instant now = Instant.now();
        X509Certificate old = TestCertificates.issue(EC, "a", EC, "a", now.minus(Duration.ofDays(9)), "a.test");
        X509Certificate early = TestCertificates.issue(EC, "a", EC, "a", now.plus(Duration.ofDays(9)), "a.test");

        assertThat(new ServerIdentity(List.of(old), EC.getPrivate(), now).warnings())
                .singleElement()
                .asString()
                .contains("CN=a expired on");
        assertThat(new ServerIdentity(List.of(early), EC.getPrivate(), now).warnings())
                .singleElement()
                .asString()
                .contains("CN=a is not valid before");
    }

    @Test
    void shouldWarnOfWhatClientsRefuse() {
        assertThat(warnings(TestCertificates.selfSigned(EC, "a")))
                .containsExactly(
                        "certificate of CN=a has no subject alternative name: today's clients do not look at the "
                                + "common name",
                        "certificate of CN=a is a CA's own, not a server's");
        assertThat(warnings(TestCertificates.selfSigned(
                        EC, "a", "*.a.test", "a.test", "w*.a.test", "a.*.test", "*", "localhost")))
                .extracting(warning -> warning.replaceAll(".*has the name (\\S+),.*", "$1"))
                .containsExactly("w*.a.test", "a.*.test", "*");
        assertThat(warnings(TestCertificates.forPurpose(EC, KeyPurposeId.id_kp_clientAuth)))
                .containsExactly(
                        "certificate of CN=a.test is not for servers: its extended key usage lacks serverAuth");
        assertThat(warnings(TestCertificates.forPurpose(EC, KeyPurposeId.id_kp_serverAuth)))
                .isEmpty();
    }

    private static List<String> warnings(X509Certificate certificate) {
        try {
            return new ServerIdentity(List.of(certificate), EC.getPrivate(), Instant.now()).warnings();
        } catch (BadCertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path file(String name, String text) {
        return TestCertificates.write(dir.resolve(name), text);
    }

    private static void assertBad(Path cert, Path key, String message) {
        assertThatThrownBy(() -> ServerIdentity.load(cert, key))
                .isInstanceOf(BadCertificateException.class)
                .hasMessageContaining(message);
    }
}
