package io.offramp.proxy.handshake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StapleTest {
    private static final Instant NOW = Instant.now();
    private static final KeyPair CA_KEY = TestCertificates.ec("secp256r1");
    private static final KeyPair KEY = TestCertificates.ec("secp256r1");
    private static final X509Certificate CA = TestCertificates.selfSigned(CA_KEY, "ca");
    private static final X509Certificate LEAF = TestCertificates.issue(KEY, "a", CA_KEY, "ca", NOW, "a.test");
    private static final byte[] GOOD = TestStaples.good(LEAF, CA, CA_KEY, NOW);

    @TempDir
    private Path dir;

    @Test
    void shouldReadDerPemAndBase64() throws Exception {
        String base64 = Base64.getMimeEncoder().encodeToString(GOOD);

        Staple der = load(GOOD);
        Staple pem = load(ascii("-----BEGIN OCSP RESPONSE-----\n" + base64 + "\n-----END OCSP RESPONSE-----\n"));
        Staple bare = load(ascii(base64));

        assertThat(der.response().getEncoded()).isEqualTo(GOOD);
        assertThat(pem).isEqualTo(der);
        assertThat(bare).isEqualTo(der);
    }

    @Test
    void shouldKnowWhenItHasExpired() throws Exception {
        Staple staple = load(GOOD);

        assertThat(staple.isFresh(NOW)).isTrue();
        assertThat(staple.isFresh(NOW.plus(Duration.ofHours(13)))).isFalse();
        assertThat(load(TestStaples.good(LEAF, CA, CA_KEY, NOW.minus(Duration.ofDays(3))))
                        .isFresh(NOW))
                .isFalse();
    }

    @Test
    void shouldRefuseWhatIsNoGoodResponse() {
        assertBad(ascii("junk"), "OCSP response does not parse: " + dir.resolve("ocsp"));
        assertBad(new byte[0], "OCSP response does not parse");
        assertBad(Arrays.copyOf(GOOD, GOOD.length / 2), "OCSP response does not parse");
        assertBad(new byte[100_000], "larger than 64 KiB: " + dir.resolve("ocsp"));
        assertBad(TestStaples.unsuccessful(), "OCSP response is not successful (status 3)");
        assertBad(TestStaples.response(LEAF, CA, CA_KEY, new RevokedStatus(Date.from(NOW), 1), NOW), "is revoked");
        assertBad(TestStaples.good(LEAF, CA, CA_KEY, NOW.plus(Duration.ofDays(3))), "is not valid before");
        assertThatThrownBy(() -> Staple.load(dir.resolve("none"), List.of(LEAF), NOW))
                .hasMessageContaining("no such file");
    }

    @Test
    void shouldRefuseTheResponseForAnotherCertificateOrOfAnotherIssuer() throws Exception {
        X509Certificate other = TestCertificates.issue(KEY, "b", CA_KEY, "ca", NOW, "b.test");
        KeyPair strangerKey = TestCertificates.ec("secp256r1");
        X509Certificate stranger = TestCertificates.selfSigned(strangerKey, "stranger");

        assertBad(TestStaples.good(other, CA, CA_KEY, NOW), "is for another certificate than that of CN=a");
        assertBad(TestStaples.good(LEAF, stranger, strangerKey, NOW), "is for another certificate");
        Path file = Files.write(dir.resolve("ocsp"), TestStaples.good(LEAF, stranger, strangerKey, NOW));
        assertThat(Staple.load(file, List.of(LEAF), NOW).isFresh(NOW))
                .as("nobody to compare with")
                .isTrue();
    }

    private Staple load(byte[] content) throws IOException, BadCertificateException {
        return Staple.load(Files.write(dir.resolve("ocsp"), content), List.of(LEAF, CA), NOW);
    }

    private void assertBad(byte[] content, String message) {
        assertThatThrownBy(() -> load(content))
                .isInstanceOf(BadCertificateException.class)
                .hasMessageContaining(message);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
