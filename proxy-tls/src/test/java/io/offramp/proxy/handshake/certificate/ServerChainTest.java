package io.offramp.proxy.handshake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ServerChainTest {
    private static final Instant NOW = Instant.now();
    private static final KeyPair OWN = TestCertificates.ec("secp256r1");
    private static final KeyPair LOWER = TestCertificates.ec("secp256r1");
    private static final KeyPair UPPER = TestCertificates.ec("secp256r1");
    private static final KeyPair ROOT = TestCertificates.ec("secp256r1");
    private static final KeyPair OTHER = TestCertificates.ec("secp256r1");

    private static final X509Certificate OWN_CERT = TestCertificates.issue(OWN, "own", LOWER, "lower", NOW, "a.test");
    private static final X509Certificate LOWER_CERT = TestCertificates.issue(LOWER, "lower", UPPER, "upper", NOW);
    private static final X509Certificate UPPER_CERT = TestCertificates.issue(UPPER, "upper", ROOT, "root", NOW);
    private static final X509Certificate ROOT_CERT = TestCertificates.selfSigned(ROOT, "root");
    private static final X509Certificate CROSS_CERT = TestCertificates.issue(UPPER, "upper", OTHER, "other", NOW);
    private static final X509Certificate STRANGER = TestCertificates.selfSigned(OTHER, "other");

    @Test
    void shouldSendACompleteChainInOrderWithoutAWord() throws Exception {
        ServerChain chain = find(OWN_CERT, LOWER_CERT, UPPER_CERT);

        assertThat(chain.certificates()).containsExactly(OWN_CERT, LOWER_CERT, UPPER_CERT);
        assertThat(chain.warnings()).isEmpty();
        assertThat(find(OWN_CERT).warnings()).isEmpty();
        assertThat(ServerChain.find(List.of(ROOT_CERT), ROOT.getPrivate(), NOW).warnings())
                .as("self-signed")
                .isEmpty();
    }

    @Test
    void shouldSendACertificateThatIsThereTwiceOnce() throws Exception {
        ServerChain chain = find(OWN_CERT, OWN_CERT, LOWER_CERT, LOWER_CERT);

        assertThat(chain.certificates()).containsExactly(OWN_CERT, LOWER_CERT);
        assertThat(chain.warnings())
                .containsExactly(
                        "certificate 2 of the file (CN=own) is not used: it is there twice",
                        "certificate 4 of the file (CN=lower) is not used: it is there twice");
    }

    @RepeatedTest(20)
    void shouldFindTheWayInAnyOrder() throws Exception {
        long seed = System.nanoTime();
        List<X509Certificate> file = new ArrayList<>(List.of(OWN_CERT, LOWER_CERT, UPPER_CERT, STRANGER));
        Collections.shuffle(file, new Random(seed));

        ServerChain chain = ServerChain.find(file, OWN.getPrivate(), NOW);

        assertThat(chain.certificates()).as("seed " + seed).containsExactly(OWN_CERT, LOWER_CERT, UPPER_CERT);
        assertThat(chain.warnings())
                .as("seed " + seed)
                .contains("certificate " + (file.indexOf(STRANGER) + 1)
                        + " of the file (CN=other) is not used: it is not on the way from the server's own to a root");
    }

    @Test
    void shouldSayInWhichOrderItSends() throws Exception {
        assertThat(find(UPPER_CERT, OWN_CERT, LOWER_CERT).warnings())
                .containsExactly("certificates of the file are not in order, and are sent as 2, 3, 1");
    }

    @Test
    void shouldSayThatARootIsSentForNothing() throws Exception {
        ServerChain chain = find(OWN_CERT, LOWER_CERT, UPPER_CERT, ROOT_CERT);

        assertThat(chain.certificates()).endsWith(ROOT_CERT);
        assertThat(chain.warnings())
                .containsExactly("certificate of CN=root is a root, "
                        + "and is sent for nothing: clients have it, or do not trust it");
    }

    @Test
    void shouldTakeTheFirstOfTwoCertificatesOfAnIssuer() throws Exception {
        assertThat(find(OWN_CERT, LOWER_CERT, CROSS_CERT, UPPER_CERT).certificates())
                .containsExactly(OWN_CERT, LOWER_CERT, CROSS_CERT);
        assertThat(find(OWN_CERT, LOWER_CERT, UPPER_CERT, CROSS_CERT).warnings())
                .containsExactly(
                        "certificate 4 of the file (CN=upper) is not used: it is not on the way from the server's own "
                                + "to a root");
    }

    @Test
    void shouldPreferWhatIsValid() throws Exception {
        Instant past = NOW.minus(Duration.ofDays(9));
        X509Certificate expired = TestCertificates.issue(OWN, "own", LOWER, "lower", past, "a.test");
        X509Certificate expiredIssuer = TestCertificates.issue(LOWER, "lower", UPPER, "upper", past);

        assertThat(find(expired, OWN_CERT, expiredIssuer, LOWER_CERT).certificates())
                .containsExactly(OWN_CERT, LOWER_CERT);
        assertThat(find(expired).certificates()).as("rather than none").containsExactly(expired);
    }

    @Test
    void shouldNotTakeAnIssuerByItsNameAlone() throws Exception {
        X509Certificate impostor = TestCertificates.issue(OTHER, "lower", UPPER, "upper", NOW);

        assertThat(find(OWN_CERT, impostor, LOWER_CERT).certificates()).containsExactly(OWN_CERT, LOWER_CERT);
    }

    @Test
    void shouldEndWhereCertificatesSignEachOther() throws Exception {
        X509Certificate back = TestCertificates.issue(UPPER, "upper", LOWER, "lower", NOW);

        assertThat(find(OWN_CERT, LOWER_CERT, back).certificates()).containsExactly(OWN_CERT, LOWER_CERT, back);
    }

    @Test
    void shouldRefuseAKeyThatBelongsToNone() {
        assertThatThrownBy(() -> ServerChain.find(List.of(OWN_CERT, LOWER_CERT), OTHER.getPrivate(), NOW))
                .isInstanceOf(BadCertificateException.class)
                .hasMessage("private key does not belong to the certificate of CN=own, nor to another of the file");
    }

    private static ServerChain find(X509Certificate... file) throws BadCertificateException {
        return ServerChain.find(List.of(file), OWN.getPrivate(), NOW);
    }
}
