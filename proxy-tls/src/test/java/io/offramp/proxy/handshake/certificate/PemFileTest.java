package io.offramp.proxy.handshake.certificate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.handshake.client.ClientTrust;
import io.offramp.proxy.handshake.client.TestCa;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemFileTest {
    private static final KeyPair KEY = TestCertificates.ec("secp256r1");
    private static final KeyPair ISSUER = TestCertificates.ec("secp256r1");
    private static final X509Certificate LEAF =
            TestCertificates.issue(KEY, "leaf", ISSUER, "ca", Instant.now(), "a.test");
    private static final X509Certificate CA = TestCertificates.issue(ISSUER, "ca", KEY, "root", Instant.now());
    private static final String SITE =
            TestCertificates.pem(LEAF) + TestCertificates.pem(CA) + TestCertificates.pkcs8(KEY.getPrivate());
    private static final String PARAMETERS =
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";

    @TempDir
    private Path dir;

    static Stream<Map.Entry<String, byte[]>> forms() {
        String attributes = "Bag Attributes\n    localKeyID: 01 02 \n    friendlyName: site-----of-----mine\n"
                + "Key Attributes: <No Attributes>\n";
        return Map.of(
                "UTF-8 with a byte order mark",
                marked(UTF_8, SITE),
                "little-endian UTF-16",
                marked(UTF_16LE, SITE),
                "big-endian UTF-16",
                marked(UTF_16BE, SITE),
                "line ends of Windows",
                marked(UTF_8, SITE.replace("\n", "\r\n")),
                "line ends of old Macs",
                SITE.replace("\n", "\r").getBytes(ISO_8859_1),
                "no line ends between blocks",
                SITE.replace("-----\n-----", "----------").strip().getBytes(ISO_8859_1),
                "blanks around lines",
                SITE.replace("\n", " \t\n  ").getBytes(ISO_8859_1),
                "attributes of PKCS#12",
                (attributes + SITE.replace("-----BEGIN", attributes + "-----BEGIN")).getBytes(ISO_8859_1),
                "text in another charset",
                ("subject=/CN=Zo\u00eb\nSHA1 Fingerprint=AB:CD\n" + SITE + "\u00a0\n").getBytes(ISO_8859_1),
                "old label, curve apart",
                (SITE.replace("BEGIN CERTIFICATE", "BEGIN X509 CERTIFICATE")
                                        .replace("END CERTIFICATE", "END X509 CERTIFICATE")
                                + PARAMETERS
                                + TestCertificates.traditional(KEY.getPrivate()))
                        .replaceFirst("(?s)-----BEGIN PRIVATE.*END PRIVATE KEY-----\n", "")
                        .getBytes(ISO_8859_1))
                .entrySet()
                .stream();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void shouldTakeWhatToolsLeave(Map.Entry<String, byte[]> form) throws Exception {
        ServerIdentity identity = load(form.getValue());

        assertThat(identity.chain()).as(form.getKey()).containsExactly(LEAF, CA);
        assertThat(((ECPrivateKey) identity.privateKey()).getS()).isEqualTo(((ECPrivateKey) KEY.getPrivate()).getS());
        assertThat(identity.warnings()).isEmpty();
    }

    @Test
    void shouldSayWhatItPassesOver() throws Exception {
        String text = block("DH PARAMETERS")
                + SITE
                + block("X509 CRL")
                + block("PUBLIC KEY")
                + TestCertificates.pkcs8(ISSUER.getPrivate());

        assertThat(load(text.getBytes(ISO_8859_1)).warnings())
                .singleElement()
                .asString()
                .matches("not used: DH PARAMETERS in line 1, X509 CRL in line \\d+, "
                        + "PUBLIC KEY in line \\d+, PRIVATE KEY in line \\d+ of .*");
        String line = firstLine(CA);
        String mangled = SITE.replace("-----BEGIN CERTIFICATE-----\n" + line, "----BEGIN CERTIFICATE-----\n" + line);
        assertThat(load(mangled.getBytes(ISO_8859_1)).warnings())
                .singleElement()
                .asString()
                .startsWith("not used: \"BEGIN CERTIFICATE\" in line ")
                .contains("five hyphens");
        assertThat(load(("# -----BEGIN CERTIFICATE-----\n" + SITE).getBytes(ISO_8859_1))
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("not used: \"BEGIN CERTIFICATE\" in line 1 of ");
    }

    @Test
    void shouldSayWhichOfTwoFilesHoldsMoreThanIsUsed() throws Exception {
        Path cert = TestCertificates.write(dir.resolve("cert.pem"), SITE);
        Path key = TestCertificates.write(
                dir.resolve("key.pem"), TestCertificates.pkcs8(KEY.getPrivate()) + TestCertificates.pem(LEAF));

        assertThat(ServerIdentity.load(cert, key).warnings())
                .satisfiesExactlyInAnyOrder(
                        warning -> assertThat(warning).matches("not used: PRIVATE KEY in line \\d+ of " + cert),
                        warning -> assertThat(warning).matches("not used: CERTIFICATE in line \\d+ of " + key));
    }

    @Test
    void shouldTakeOfATrustedCertificateTheCertificateAlone() throws Exception {
        ByteArrayOutputStream trusted = new ByteArrayOutputStream();
        trusted.write(LEAF.getEncoded());
        trusted.write(new byte[] {0x30, 0x00});
        String text = TestCertificates.pem(() -> () -> new PemObject("TRUSTED CERTIFICATE", trusted.toByteArray()));

        ServerIdentity identity = load((text + TestCertificates.pkcs8(KEY.getPrivate())).getBytes(ISO_8859_1));

        assertThat(identity.chain()).containsExactly(LEAF);
        assertThat(identity.warnings())
                .singleElement()
                .asString()
                .startsWith("only the certificate itself is used: TRUSTED CERTIFICATE in line 1 of ");
    }

    @Test
    void shouldTakeACurveThatIsNotInTheKeyFromItsBlock() throws Exception {
        BigInteger secret = ((ECPrivateKey) KEY.getPrivate()).getS();
        byte[] bare = new org.bouncycastle.asn1.sec.ECPrivateKey(256, secret).getEncoded();
        String key = TestCertificates.pem(() -> () -> new PemObject("EC PRIVATE KEY", bare));

        assertThat(load((TestCertificates.pem(LEAF) + PARAMETERS + key).getBytes(ISO_8859_1))
                        .privateKey())
                .isInstanceOfSatisfying(
                        ECPrivateKey.class, read -> assertThat(read.getS()).isEqualTo(secret));
        assertThatThrownBy(() -> load((TestCertificates.pem(LEAF) + key).getBytes(ISO_8859_1)))
                .isInstanceOf(BadCertificateException.class)
                .hasMessageContaining("private key does not parse");
    }

    @Test
    void shouldTakeCaBundlesAndListsInTheSameForms() throws Exception {
        // Given a bundle and a list with byte order marks, each with a block of the other's kind
        TestCa root = TestCa.root("CN=Root");
        X509CRL list = root.crl();
        Path ca = file("ca.pem", marked(UTF_8, "# ours\r\n" + root.pem() + TestCa.pem(list)));
        Path crl = file("crl.pem", marked(UTF_16LE, "issued today\n" + TestCa.pem(list) + root.pem()));

        // When
        ClientTrust trust = ClientTrust.load(true, List.of(ca), crl, 1);

        // Then
        assertThat(trust).hasToString("1 CA certificates, revocation lists of 1 with 0 certificates");
        assertThat(trust.warnings())
                .satisfiesExactly(
                        warning -> assertThat(warning).matches("not used: X509 CRL in line \\d+ of " + ca),
                        warning -> assertThat(warning).matches("not used: CERTIFICATE in line \\d+ of " + crl));
    }

    @Test
    void shouldRefuseABlockWithoutAnEnd() {
        String cut = SITE.substring(0, SITE.length() - 20);

        assertThatThrownBy(() -> load(cut.getBytes(ISO_8859_1)))
                .isInstanceOf(BadCertificateException.class)
                .hasMessageMatching("PEM does not parse: .*: PRIVATE KEY in line \\d+ has no end");
        assertThatThrownBy(() -> load(
                        SITE.replaceFirst("-----END CERTIFICATE-----\n", "").getBytes(ISO_8859_1)))
                .hasMessageEndingWith(": CERTIFICATE in line 1 has no end");
    }

    /**
     * What is no PEM at all is a mistyped path, and is said to be none soon: each byte is looked at a few times at
     * most.
     */
    @ParameterizedTest
    @ValueSource(strings = {"BEGIN ", "-----BEGIN ", "END X", "a:", "\n", "\r", "-----"})
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotTakeLongForAnyText(String text) {
        String much = text.repeat((1 << 19) / text.length());

        assertThatThrownBy(() -> load(much.getBytes(ISO_8859_1))).isInstanceOf(BadCertificateException.class);
        assertThatThrownBy(() ->
                        load((block("X") + "-----BEGIN CERTIFICATE-----\n" + much + "\n-----END CERTIFICATE-----\n")
                                .getBytes(ISO_8859_1)))
                .isInstanceOf(BadCertificateException.class);
    }

    private ServerIdentity load(byte[] content) throws Exception {
        Path site = file("site.pem", content);
        return ServerIdentity.load(site, site);
    }

    private Path file(String name, byte[] content) throws Exception {
        Path file = TestCertificates.write(dir.resolve(name), "");
        Files.write(file, content);
        return file;
    }

    private static String firstLine(X509Certificate certificate) {
        return TestCertificates.pem(certificate).lines().skip(1).findFirst().orElseThrow();
    }

    private static byte[] marked(Charset charset, String text) {
        return ("\ufeff" + text).getBytes(charset);
    }

    private static String block(String label) {
        return "-----BEGIN " + label + "-----\nMAA=\n-----END " + label + "-----\n";
    }
}
