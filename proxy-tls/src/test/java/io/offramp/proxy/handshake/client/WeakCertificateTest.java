package io.offramp.proxy.handshake.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.TestCa.Client;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Role;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client certificates and lists that others could have made as well. */
class WeakCertificateTest {
    private static final KeyPair RSA_1024 = TestCertificates.rsa(1024);
    private static final KeyPair RSA_2048 = TestCertificates.rsa(2048);
    private static final TestCa EC_ROOT = TestCa.root("CN=Root");
    private static final TestCa RSA_ROOT = TestCa.root("CN=Rsa", RSA_2048);

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"SHA1withRSA", "MD5withRSA", "SHA1withRSAandMGF1"})
    void shouldRefuseWhatIsSignedWithRsaOverAWeakHash(String algorithm) throws Exception {
        Client alice = RSA_ROOT.signing(algorithm).client("CN=Alice");

        assertBad(verifying(RSA_ROOT, alice), "CN=Alice: signed with ");
    }

    @Test
    void shouldRefuseWhatIsSignedWithEcdsaOverSha1() throws Exception {
        assertBad(
                verifying(EC_ROOT, EC_ROOT.signing("SHA1withECDSA").client("CN=Alice")),
                "CN=Alice: signed with SHA1withECDSA, which is too weak");
    }

    @Test
    void shouldRefuseAWeakSignatureAnywhereOnThePath() throws Exception {
        TestCa middle = EC_ROOT.signing("SHA1withECDSA").intermediate("CN=Middle");

        assertBad(
                verifying(EC_ROOT, middle.client("CN=Bob").with(middle.certificate())),
                "CN=Middle: signed with SHA1withECDSA");
    }

    @Test
    void shouldRefuseShortRsaKeysAnywhereOnThePath() throws Exception {
        TestCa middle = EC_ROOT.intermediate("CN=Middle", RSA_1024);
        TestCa end = TestCa.root("CN=Short", RSA_1024);

        assertBad(
                verifying(EC_ROOT, EC_ROOT.client("CN=Alice", s -> s.key(RSA_1024))),
                "CN=Alice: an RSA key of 1024 bits");
        assertBad(
                verifying(EC_ROOT, middle.client("CN=Bob").with(middle.certificate())),
                "CN=Middle: an RSA key of 1024 bits");
        assertBad(verifying(end, end.client("CN=Eve")), "CN=Short: an RSA key of 1024 bits");
        assertThat(trust(end, null).warnings())
                .containsExactly("certificate of CN=Short has an RSA key of 1024 bits, "
                        + "at least 2048 are needed: what it has signed is refused");
    }

    @Test
    void shouldRecallNobodyWhoWouldBeRefused() throws Exception {
        ClientVerifier verifier = new ClientVerifier(trust(EC_ROOT, null), Instant.now());
        Client weak = EC_ROOT.signing("SHA1withECDSA").client("CN=Alice");
        Client strong = EC_ROOT.client("CN=Alice");

        assertThat(verifier.recall(List.of(weak.certificate().getEncoded()))).isNull();
        assertThat(verifier.recall(List.of(strong.certificate().getEncoded()))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SHA256withRSA", "SHA384withRSA", "SHA512withRSA", "SHA256withRSAandMGF1", "SHA512withRSAandMGF1"
            })
    void shouldTakeStrongOnes(String algorithm) throws Exception {
        Client alice = RSA_ROOT.signing(algorithm).client("CN=Alice", s -> s.key(RSA_2048));

        assertThat(new ClientVerifier(trust(RSA_ROOT, null), Instant.now()).verify(alice.chain()))
                .isNotNull();
    }

    @Test
    void shouldTakeARootWhoeverHasSignedIt() throws Exception {
        TestCa old = EC_ROOT.signing("SHA1withECDSA").using(KeyUsage.keyCertSign | KeyUsage.cRLSign);

        assertThat(old.certificate().getSigAlgName()).isEqualTo("SHA1withECDSA");
        assertThat(new ClientVerifier(trust(old, null), Instant.now())
                        .verify(EC_ROOT.client("CN=Alice").chain()))
                .isNotNull();
    }

    @Test
    void shouldNotRelyOnAListOfACaThatMaySignNone() {
        TestCa noLists = EC_ROOT.using(KeyUsage.keyCertSign);

        assertThatThrownBy(() -> trust(noLists, noLists.crl()))
                .isInstanceOf(BadCertificateException.class)
                .hasMessageContaining("revocation list of CN=Root is signed by a certificate that may not sign lists "
                        + "(keyUsage without cRLSign)");
    }

    @Test
    void shouldRelyOnAListIfOneOfACasCertificatesMaySignIt() throws Exception {
        Path both = TestCertificates.write(
                dir.resolve("both.pem"), EC_ROOT.using(KeyUsage.keyCertSign).pem() + EC_ROOT.pem());
        Path list = TestCertificates.write(dir.resolve("list.pem"), TestCa.pem(EC_ROOT.crl()));

        assertThat(RevocationLists.load(list, CaBundle.load(List.of(both))))
                .hasToString("revocation lists of 1 with 0 certificates");
    }

    @Test
    void shouldNotRelyOnAListThatIsSignedOverAWeakHash() {
        assertThatThrownBy(() -> trust(EC_ROOT, EC_ROOT.signing("SHA1withECDSA").crl()))
                .isInstanceOf(BadCertificateException.class)
                .hasMessageContaining("revocation list of CN=Root is signed with SHA1withECDSA, which is too weak");
    }

    private ThrowingCallable verifying(TestCa ca, Client client) throws Exception {
        ClientVerifier verifier = new ClientVerifier(trust(ca, null), Instant.now());
        return () -> verifier.verify(client.chain());
    }

    private ClientTrust trust(TestCa ca, @Nullable X509CRL list) throws BadCertificateException {
        CaBundle bundle = CaBundle.load(List.of(TestCertificates.write(dir.resolve("ca.pem"), ca.pem())));
        RevocationLists lists = list == null
                ? null
                : RevocationLists.load(TestCertificates.write(dir.resolve("crl.pem"), TestCa.pem(list)), bundle);
        return new ClientTrust(true, bundle, lists, 1);
    }

    private static void assertBad(ThrowingCallable verifying, String message) {
        assertThatThrownBy(verifying)
                .isInstanceOfSatisfying(CertificateRefusal.class, refusal -> {
                    assertThat(refusal.fault().reason(Role.SERVER)).isEqualTo(Reason.CLIENT_CERTIFICATE_BAD);
                    assertThat(refusal.getAlertDescription()).isEqualTo(AlertDescription.bad_certificate);
                })
                .hasMessageContaining(message);
    }
}
