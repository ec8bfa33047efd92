package io.offramp.proxy.handshake.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.TestCa.Client;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientVerifierTest {
    private static final TestCa ROOT = TestCa.root("O=Offramp,CN=Root");
    private static final TestCa MIDDLE = ROOT.intermediate("O=Offramp,CN=Middle");
    private static final Instant NOW = Instant.now();

    @TempDir
    private Path dir;

    @Test
    void shouldTellWhoTheClientIs() throws Exception {
        Client alice = ROOT.client("O=Example,CN=Alice");

        ClientIdentity identity = verify(trust(1), alice);

        assertThat(identity.subject()).isEqualTo("CN=Alice,O=Example");
        assertThat(identity.issuer()).isEqualTo("CN=Root,O=Offramp");
        assertThat(identity.serial())
                .isEqualTo(alice.certificate().getSerialNumber().toString(16));
        assertThat(identity.fingerprint()).hasSize(64).matches("[0-9a-f]+");
        assertThat(identity.notAfter())
                .isEqualTo(alice.certificate().getNotAfter().toInstant());
        assertThat(identity.certificate()).isEqualTo(alice.certificate().getEncoded());
    }

    @Test
    void shouldEscapeWhateverCouldEndAFieldOrALine() throws Exception {
        Client mallory = ROOT.client("CN=Zo\u00eb\\0D\\0AX-Admin: yes\\,O\\=Evil");

        String subject = verify(trust(1), mallory).subject();

        assertThat(subject)
                .isEqualTo("CN=Zo\\C3\\AB\\0D\\0AX-Admin: yes\\,O\\=Evil")
                .matches("[ -~]+");
    }

    @Test
    void shouldGoThroughIntermediatesInAnyOrder() throws Exception {
        TestCa lower = MIDDLE.intermediate("CN=Lower");
        Client bob = lower.client("CN=Bob");

        ClientIdentity identity =
                verify(trust(2), bob.with(ROOT.certificate(), MIDDLE.certificate(), lower.certificate()));

        assertThat(identity.path()).hasSize(3);
    }

    @Test
    void shouldEndAtAnyCertificateOfTheBundle() throws Exception {
        ClientTrust both = new ClientTrust(true, bundle(ROOT, MIDDLE), null, 0);

        assertThat(verify(both, MIDDLE.client("CN=Bob")).path()).hasSize(1);
    }

    @Test
    void shouldRefuseWhatNobodyTrustedHasIssued() throws Exception {
        TestCa other = TestCa.root("CN=Other");

        assertThatThrownBy(verifying(trust(1), other.client("CN=Eve")))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca))
                .hasMessageEndingWith("CN=Eve: issued by CN=Other, which is not among the certificates in ca");
        assertThatThrownBy(verifying(trust(1), ROOT.impostor().client("CN=Eve")))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca))
                .hasMessageEndingWith("whose certificate in ca has not signed it");
        assertThatThrownBy(verifying(trust(1), MIDDLE.client("CN=Bob")))
                .as("without its intermediate")
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca));
    }

    @Test
    void shouldRefuseAClientThatIssuesCertificates() throws Exception {
        KeyPair own = TestCertificates.ec("secp256r1");
        Client alice = ROOT.client("CN=Alice", s -> s.key(own));
        Client forged =
                new Client(List.of(TestCertificates.issue(own, "Admin", own, "Alice", NOW, "admin")), alice.key());

        assertThatThrownBy(verifying(trust(5), forged.with(alice.certificate())))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca));
    }

    @Test
    void shouldBoundThePath() throws Exception {
        TestCa lower = MIDDLE.intermediate("CN=Lower");
        Client bob = lower.client("CN=Bob").with(lower.certificate(), MIDDLE.certificate());

        assertThat(verify(trust(2), bob).path()).hasSize(3);
        assertThatThrownBy(verifying(trust(1), bob))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca))
                .hasMessageContaining("more than 1 certificates on the way");
    }

    @Test
    void shouldRefuseWhatHasExpiredOrIsNotValidYet() throws Exception {
        Instant yesterday = NOW.minus(Duration.ofDays(1));
        Instant tomorrow = NOW.plus(Duration.ofDays(1));

        assertThatThrownBy(verifying(trust(1), ROOT.client("CN=Old", s -> s.valid(yesterday, NOW.minusSeconds(60)))))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_EXPIRED, AlertDescription.certificate_expired))
                .hasMessageContaining("CN=Old: expired on ");
        assertThatThrownBy(verifying(trust(1), ROOT.client("CN=New", s -> s.valid(tomorrow, tomorrow.plusSeconds(60)))))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_EXPIRED, AlertDescription.certificate_expired))
                .hasMessageContaining("CN=New: not valid before ");
    }

    @Test
    void shouldRefuseWhatIsNotForClients() throws Exception {
        Client server = ROOT.client("CN=www", s -> s.purposes(KeyPurposeId.id_kp_serverAuth));
        Client encrypts = ROOT.client("CN=Box", s -> s.usage(KeyUsage.keyEncipherment));

        assertThatThrownBy(verifying(trust(1), server))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_USAGE, AlertDescription.unsupported_certificate))
                .hasMessageContaining("CN=www: not for clients");
        assertThatThrownBy(verifying(trust(1), encrypts))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_USAGE, AlertDescription.unsupported_certificate));
        assertThat(verify(trust(1), ROOT.client("CN=Any", s -> s.purposes(new KeyPurposeId[0]))))
                .isNotNull();
        assertThat(verify(trust(1), ROOT.client("CN=Any", s -> s.purposes(KeyPurposeId.anyExtendedKeyUsage))))
                .isNotNull();
    }

    @Test
    void shouldRefuseWhatHasBeenRevoked() throws Exception {
        Client alice = ROOT.client("CN=Alice");
        Client bob = ROOT.client("CN=Bob");
        ClientTrust trust = trust(1, ROOT.crl(alice.certificate()));

        assertThatThrownBy(verifying(trust, alice))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_REVOKED, AlertDescription.certificate_revoked))
                .hasMessageContaining("CN=Alice: revoked on ");
        assertThat(verify(trust, bob)).isNotNull();
    }

    @Test
    void shouldRefuseWhatIsIssuedByARevokedCa() throws Exception {
        ClientTrust trust = new ClientTrust(
                true,
                bundle(ROOT, MIDDLE),
                lists(bundle(ROOT, MIDDLE), ROOT.crl(MIDDLE.certificate()), MIDDLE.crl()),
                1);
        Client bob = MIDDLE.client("CN=Bob");

        assertThatThrownBy(verifying(trust, bob))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca));
        assertThatThrownBy(verifying(trust, bob.with(MIDDLE.certificate())))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_REVOKED, AlertDescription.certificate_revoked));
    }

    @Test
    void shouldRefuseWhereRevocationIsNotKnown() throws Exception {
        ClientTrust stale = trust(1, ROOT.crl(NOW.minus(Duration.ofDays(2)), NOW.minusSeconds(60)));
        ClientTrust partial = trust(1, ROOT.crl());

        assertThatThrownBy(verifying(stale, ROOT.client("CN=Alice")))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_REVOCATION_UNKNOWN, AlertDescription.certificate_unknown))
                .hasMessageContaining("no current revocation list of CN=Root,O=Offramp");
        assertThatThrownBy(verifying(partial, MIDDLE.client("CN=Bob").with(MIDDLE.certificate())))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_REVOCATION_UNKNOWN, AlertDescription.certificate_unknown))
                .hasMessageContaining("no revocation list of CN=Middle");
    }

    @Test
    void shouldNotSearchForEverThroughCertificatesThatSignEachOther() throws Exception {
        // Given ten of one name and one key, each the issuer of all others
        KeyPair key = TestCertificates.ec("secp256r1");
        X509Certificate[] knot = new X509Certificate[9];
        for (int i = 0; i < knot.length; i++) {
            knot[i] = TestCertificates.issue(key, "Knot", key, "Knot", NOW);
        }
        Client lost =
                new Client(List.of(TestCertificates.issue(key, "Lost", key, "Knot", NOW)), key.getPrivate()).with(knot);
        long begin = System.nanoTime();

        // When the way to a trusted one is looked for
        assertThatThrownBy(verifying(trust(ClientAuth.MAX_DEPTH), lost)).isInstanceOf(CertificateRefusal.class);

        // Then it is given up after each was tried once: trying every way takes 9! signatures
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void shouldRecallAClientUntilItsCertificateEndsOrIsRevoked() throws Exception {
        Client bob = MIDDLE.client("CN=Bob").with(MIDDLE.certificate());
        ClientIdentity before = verify(trust(1), bob);

        assertThat(new ClientVerifier(trust(1), NOW).recall(before.path()))
                .usingRecursiveComparison()
                .isEqualTo(before);
        assertThat(new ClientVerifier(trust(1), before.notAfter().plusSeconds(1)).recall(before.path()))
                .isNull();
        assertThat(new ClientVerifier(trust(1, ROOT.crl(MIDDLE.certificate())), NOW).recall(before.path()))
                .isNull();
        assertThat(new ClientVerifier(trust(1), NOW).recall(List.of(new byte[] {0x30, 1})))
                .isNull();
    }

    @Test
    void shouldTakeTheCaCertificateThatIsValidOfThoseWithOneKey() throws Exception {
        TestCa expired = ROOT.renewed(NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(1)));
        TestCa future = ROOT.renewed(NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(9)));
        Client alice = ROOT.client("CN=Alice");

        ClientTrust renewed = new ClientTrust(true, bundle(expired, future, ROOT), null, 1);
        ClientIdentity identity = verify(renewed, alice);
        assertThat(new ClientVerifier(renewed, NOW).recall(identity.path())).isNotNull();
        assertThat(renewed.warnings()).isEmpty();

        ClientTrust old = new ClientTrust(true, bundle(expired), null, 1);
        assertThatThrownBy(verifying(old, alice))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_EXPIRED, AlertDescription.certificate_expired));
        assertThat(new ClientVerifier(old, NOW).recall(identity.path())).isNull();
        assertThat(old.warnings()).singleElement().asString().endsWith(": what it has signed is refused");
    }

    @Test
    void shouldRecallNobodyWhoseOwnCaHasExpiredThoughAnotherOfThatNameHasNot() throws Exception {
        // Given two CAs of one name, and a client of the one that expires sooner
        TestCa mortal = ROOT.impostor();
        TestCa expired = mortal.renewed(NOW.minus(Duration.ofDays(9)), NOW.minusSeconds(1));
        List<byte[]> path = List.of(mortal.client("CN=Alice").certificate().getEncoded());

        // Then it is recalled by its own alone, in any order
        assertThat(new ClientVerifier(new ClientTrust(true, bundle(ROOT, mortal), null, 1), NOW).recall(path))
                .isNotNull();
        assertThat(new ClientVerifier(new ClientTrust(true, bundle(ROOT, expired), null, 1), NOW).recall(path))
                .isNull();
        assertThat(new ClientVerifier(new ClientTrust(true, bundle(expired, ROOT), null, 1), NOW).recall(path))
                .isNull();
        assertThat(new ClientVerifier(new ClientTrust(true, bundle(ROOT), null, 1), NOW).recall(path))
                .isNull();
    }

    @Test
    void shouldVerifyNothingUnderHugeKeysThatAClientBrings() throws Exception {
        TestCa large = ROOT.intermediate("CN=Large", TestCertificates.rsaOfPrimes(8));
        TestCa huge = ROOT.intermediate("CN=Huge", TestCertificates.rsaOfPrimes(18));

        assertThat(verify(trust(1), large.client("CN=Bob").with(large.certificate()))
                        .path())
                .hasSize(2);
        assertThatThrownBy(verifying(trust(1), huge.client("CN=Eve").with(huge.certificate())))
                .satisfies(refused(Reason.CLIENT_CERTIFICATE_UNTRUSTED, AlertDescription.unknown_ca))
                .hasMessageEndingWith("CN=Eve: issued by CN=Huge, which is not among the certificates in ca");
    }

    @Test
    void shouldVerifyNothingForAPathThatWouldBeTooLong() throws Exception {
        // Given an intermediate that has not signed the client, which only the signature shows
        TestCa other = ROOT.intermediate("O=Offramp,CN=Middle");

        assertThatThrownBy(verifying(trust(0), MIDDLE.client("CN=Bob").with(other.certificate())))
                .hasMessageEndingWith("CN=Bob: more than 0 certificates on the way to one in ca");
    }

    @Test
    void shouldHaveTheSameDigestForTheSameDemandsOnly() throws Exception {
        byte[] digest = trust(1).policyDigest();

        assertThat(trust(1).policyDigest()).isEqualTo(digest).hasSize(32);
        assertThat(trust(2).policyDigest()).isNotEqualTo(digest);
        assertThat(new ClientTrust(false, bundle(ROOT), null, 1).policyDigest()).isNotEqualTo(digest);
        assertThat(new ClientTrust(true, bundle(ROOT, MIDDLE), null, 1).policyDigest())
                .isNotEqualTo(digest);
        assertThat(trust(1, ROOT.crl()).policyDigest()).isNotEqualTo(digest);
        assertThat(trust(1, ROOT.crl(MIDDLE.certificate())).policyDigest())
                .as("a new list ends only the sessions of clients that it names")
                .isEqualTo(trust(1, ROOT.crl()).policyDigest());
    }

    @Test
    void shouldKeepWhatHoldsWhenAReloadFails() throws Exception {
        // Given
        Path ca = TestCertificates.write(dir.resolve("ca.pem"), ROOT.pem());
        Path crl = TestCertificates.write(dir.resolve("crl.pem"), TestCa.pem(ROOT.crl()));
        ClientAuth auth = ClientAuth.load(true, List.of(ca), crl, 1);
        Client alice = ROOT.client("CN=Alice");

        // When the list is broken, then Alice is still let in
        Files.writeString(crl, "-----BEGIN X509 CRL-----\nbm9uc2Vuc2U=\n-----END X509 CRL-----\n");
        assertThatThrownBy(auth::reload)
                .isInstanceOf(BadCertificateException.class)
                .hasMessageContaining("does not parse: " + crl);
        assertThat(verify(auth.trust(), alice)).isNotNull();

        // When it is replaced, then she is not
        Files.write(crl, ROOT.crl(alice.certificate()).getEncoded());
        assertThat(auth.reload())
                .containsExactly("replaced: 1 CA certificates, revocation lists of 1 with 1 certificates");
        assertThat(auth.reload()).isEmpty();
        assertThatThrownBy(verifying(auth.trust(), alice)).isInstanceOf(CertificateRefusal.class);
        assertThat(auth.files()).containsExactly(ca, crl);
    }

    @Test
    void shouldTellWhatIsWrongWithAFile() throws Exception {
        Path ca = TestCertificates.write(dir.resolve("ca.pem"), ROOT.pem());
        Path leaf = TestCertificates.write(
                dir.resolve("leaf.pem"),
                TestCertificates.pem(ROOT.client("CN=Alice").certificate()));
        Path foreign = TestCertificates.write(
                dir.resolve("foreign.pem"), TestCa.pem(TestCa.root("CN=Other").crl()));
        Path forged = TestCertificates.write(
                dir.resolve("forged.pem"), TestCa.pem(ROOT.impostor().crl()));
        Path empty = TestCertificates.write(dir.resolve("empty.pem"), "");

        assertThatThrownBy(() -> CaBundle.load(List.of(leaf)))
                .hasMessage("certificate of CN=Alice is not a CA's (basicConstraints CA:TRUE is missing): " + leaf);
        assertThatThrownBy(() -> CaBundle.load(List.of(empty))).hasMessageStartingWith("no certificate in " + empty);
        assertThatThrownBy(() -> RevocationLists.load(foreign, CaBundle.load(List.of(ca))))
                .hasMessage("no revocation list of a certificate in ca: " + foreign);
        assertThatThrownBy(() -> RevocationLists.load(forged, CaBundle.load(List.of(ca))))
                .hasMessageContaining("is not signed by the certificate of that name in ca");
        assertThatThrownBy(() -> RevocationLists.load(empty, CaBundle.load(List.of(ca))))
                .hasMessageStartingWith("no revocation list in " + empty);
        assertThatThrownBy(() -> RevocationLists.load(dir.resolve("gone"), CaBundle.load(List.of(ca))))
                .hasMessage("no such file: " + dir.resolve("gone"));
    }

    private ClientTrust trust(int depth, X509CRL... lists) throws Exception {
        CaBundle bundle = bundle(ROOT);
        return new ClientTrust(true, bundle, lists.length == 0 ? null : lists(bundle, lists), depth);
    }

    private CaBundle bundle(TestCa... authorities) throws Exception {
        StringBuilder pem = new StringBuilder();
        for (TestCa each : authorities) {
            pem.append(each.pem());
        }
        return CaBundle.load(List.of(TestCertificates.write(dir.resolve("bundle.pem"), pem.toString())));
    }

    private @Nullable RevocationLists lists(CaBundle bundle, X509CRL... lists) throws Exception {
        return RevocationLists.load(TestCertificates.write(dir.resolve("lists.pem"), TestCa.pem(lists)), bundle);
    }

    private static ClientIdentity verify(ClientTrust trust, Client client) throws Exception {
        return new ClientVerifier(trust, NOW).verify(client.chain());
    }

    private static ThrowingCallable verifying(ClientTrust trust, Client client) {
        return () -> verify(trust, client);
    }

    private static Consumer<Throwable> refused(Reason reason, short alert) {
        return thrown -> {
            assertThat(thrown).isInstanceOf(CertificateRefusal.class);
            assertThat(((CertificateRefusal) thrown).fault().reason(Role.SERVER))
                    .isEqualTo(reason);
            assertThat(((CertificateRefusal) thrown).getAlertDescription()).isEqualTo(alert);
        };
    }
}
