package io.offramp.proxy.handshake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.reload.ReloadOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerCertificatesTest {
    private static final KeyPair KEY = TestCertificates.ec("secp256r1");
    private static final KeyPair OTHER_KEY = TestCertificates.ec("secp256r1");

    @TempDir
    private Path dir;

    private final List<List<ServerIdentity>> published = new ArrayList<>();

    @Test
    void shouldReplaceACertificateAndKeepItWhileNothingChanges() throws Exception {
        // Given
        ListenerCertificates certificates = load(CertificateFiles.of(site("a", "a.test"), dir.resolve("a.pem")));
        ServerIdentity first = published.getFirst().getFirst();

        // When, Then
        assertThat(certificates.reload()).isEqualTo(ReloadOutcome.changed(List.of()));
        assertThat(published).hasSize(1);

        site("a", "b.test");
        ReloadOutcome outcome = certificates.reload();

        ServerIdentity second = published.getLast().getFirst();
        assertThat(second.names()).containsExactly("b.test");
        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.changes())
                .containsExactly(dir.resolve("a.pem") + ": replaced, serial " + second.serial()
                        + " for [b.test] until " + second.notAfter() + ", was serial " + first.serial()
                        + " for [a.test] until "
                        + first.notAfter());
    }

    @Test
    void shouldKeepTheOldOneUntilKeyAndCertificateFit() throws Exception {
        Path cert = cert("a.crt", KEY, "a.test");
        Path key = key("a.key", KEY);
        ListenerCertificates certificates = load(CertificateFiles.of(cert, key));

        cert("a.crt", OTHER_KEY, "b.test");
        assertThat(certificates.reload().problems())
                .containsExactly(cert + ": private key does not belong to the certificate of CN=b.test");
        Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nMIG");
        assertThat(certificates.reload().problems()).singleElement().asString().contains(key.toString());
        assertThat(published).hasSize(1);

        key("a.key", OTHER_KEY);
        assertThat(certificates.reload().problems()).isEmpty();
        assertThat(published.getLast().getFirst().names()).containsExactly("b.test");
    }

    @Test
    void shouldTakeADirectoryInTheOrderOfNamesWithTheDefaultFirst() throws Exception {
        site("b", "b.test");
        cert("a.crt", KEY, "a.test");
        key("a.key", KEY);
        Files.writeString(dir.resolve("readme.txt"), "passed over");
        Files.writeString(dir.resolve(".b.pem.swp"), "passed over");
        Files.writeString(dir.resolve(".hidden.pem"), "passed over");
        Files.createDirectory(dir.resolve("old.pem"));
        assertThat(names(load(new CertificateDirectory(dir)))).containsExactly("a.test", "b.test");

        site("default", "z.test");
        assertThat(names(load(new CertificateDirectory(dir)))).containsExactly("z.test", "a.test", "b.test");
    }

    @Test
    void shouldFollowADirectory() throws Exception {
        site("a", "a.test");
        ListenerCertificates certificates = load(new CertificateDirectory(dir));

        Path added = site("b", "b.test");
        assertThat(certificates.reload().changes()).singleElement().asString().startsWith(added + ": added, serial ");
        assertThat(names(certificates)).containsExactly("a.test", "b.test");

        Files.delete(dir.resolve("a.pem"));
        assertThat(certificates.reload()).isEqualTo(new ReloadOutcome(List.of(), List.of(), true));
        assertThat(names(certificates)).containsExactly("a.test", "b.test");
        assertThat(certificates.reload().changes())
                .singleElement()
                .asString()
                .startsWith(dir.resolve("a.pem") + ": removed, was serial ");
        assertThat(names(certificates)).containsExactly("b.test");

        Files.delete(added);
        assertThat(certificates.reload()).isEqualTo(ReloadOutcome.failed("no *.pem and no *.crt in " + dir));
        assertThat(names(certificates)).as("one has to stay").containsExactly("b.test");
    }

    @Test
    void shouldKeepACertificateWhoseFileIsDeletedAndWrittenAnew() throws Exception {
        site("a", "a.test");
        site("b", "b.test");
        ListenerCertificates certificates = load(new CertificateDirectory(dir));

        Files.delete(dir.resolve("a.pem"));
        certificates.reload();
        assertThat(names(certificates)).as("the default still comes first").containsExactly("a.test", "b.test");
        site("a", "new.test");

        assertThat(certificates.reload().changes())
                .singleElement()
                .asString()
                .startsWith(dir.resolve("a.pem") + ": replaced");
        assertThat(names(certificates)).containsExactly("new.test", "b.test");
    }

    @Test
    void shouldKeepTheOldOnesWhileTheOnlyNewOneHasNoKeyYet() throws Exception {
        // Given a name that is gone, and one that is not complete
        site("a", "a.test");
        ListenerCertificates certificates = load(new CertificateDirectory(dir));
        Files.delete(dir.resolve("a.pem"));
        cert("b.pem", KEY, "b.test");

        // When, Then
        for (int look = 0; look < 3; look++) {
            ReloadOutcome outcome = certificates.reload();
            assertThat(outcome.changes()).isEmpty();
            assertThat(outcome.problems())
                    .singleElement()
                    .asString()
                    .contains("no private key in " + dir.resolve("b.pem"));
            assertThat(names(certificates)).containsExactly("a.test");
        }
        assertThat(published).hasSize(1);

        // When it is complete
        key("b.key", KEY);
        assertThat(certificates.reload().changes()).hasSize(2);
        assertThat(names(certificates)).containsExactly("b.test");
    }

    @Test
    void shouldReplaceTheOthersWhenOneIsBroken() throws Exception {
        Path a = site("a", "a.test");
        site("b", "b.test");
        ListenerCertificates certificates = load(new CertificateDirectory(dir));

        Files.writeString(a, "broken");
        Files.writeString(dir.resolve("c.pem"), "broken from the start");
        site("b", "new.test");
        ReloadOutcome outcome = certificates.reload();

        assertThat(outcome.changes()).singleElement().asString().startsWith(dir.resolve("b.pem") + ": replaced");
        assertThat(outcome.problems()).hasSize(2).allMatch(problem -> problem.contains("no certificate in"));
        assertThat(names(certificates)).containsExactly("a.test", "new.test");
    }

    @Test
    void shouldNameTheFileOfADirectoryThatCannotServe() throws Exception {
        cert("a.crt", KEY, "a.test");
        key("a.key", OTHER_KEY);

        assertThatThrownBy(() -> load(new CertificateDirectory(dir)))
                .hasMessage(dir.resolve("a.crt") + ": private key does not belong to the certificate of CN=a.test");
        assertThatThrownBy(() -> load(new CertificateDirectory(dir.resolve("none"))))
                .hasMessage("not a readable directory: " + dir.resolve("none"));
    }

    @Test
    void shouldReplaceStaplesAndNotLetThemHoldUpCertificates() throws Exception {
        // Given
        KeyPair caKey = TestCertificates.ec("secp256r1");
        X509Certificate ca = TestCertificates.selfSigned(caKey, "ca");
        Path pem = dir.resolve("a.pem");
        Path ocsp = dir.resolve("a.pem.ocsp");
        X509Certificate first = issue(pem, caKey, ca);
        ListenerCertificates certificates = load(new CertificateDirectory(dir));
        assertThat(staple(certificates)).isNull();

        // When a staple comes, then it is taken
        Files.write(ocsp, TestStaples.good(first, ca, caKey, Instant.now()));
        assertThat(certificates.reload().changes())
                .singleElement()
                .asString()
                .contains(": OCSP response replaced, good until ");
        Staple staple = staple(certificates);
        assertThat(staple).isNotNull();

        // When it is broken, then the old one stays
        Files.writeString(ocsp, "broken");
        assertThat(certificates.reload().problems())
                .singleElement()
                .asString()
                .contains("OCSP response does not parse");
        assertThat(staple(certificates)).isSameAs(staple);

        // When the certificate is renewed before its staple, then it is used without
        Files.write(ocsp, TestStaples.good(first, ca, caKey, Instant.now()));
        issue(pem, caKey, ca);
        ReloadOutcome renewed = certificates.reload();
        assertThat(renewed.changes()).singleElement().asString().contains(": replaced");
        assertThat(renewed.problems()).singleElement().asString().contains("OCSP response is for another certificate");
        assertThat(staple(certificates)).isNull();

        // When an expired one comes, then that is said
        Files.write(
                ocsp,
                TestStaples.good(
                        published.getLast().getFirst().leaf(),
                        ca,
                        caKey,
                        Instant.now().minus(Duration.ofDays(9))));
        assertThat(certificates.reload().changes()).singleElement().asString().contains("; OCSP response expired on");

        // When it goes, then that is a change as well
        Files.delete(ocsp);
        assertThat(certificates.reload().changes()).singleElement().asString().contains(": OCSP response removed");
    }

    private ListenerCertificates load(CertificateSource... sources) throws BadCertificateException {
        ListenerCertificates certificates = ListenerCertificates.load("web", List.of(sources));
        certificates.publishTo(published::add);
        return certificates;
    }

    private static X509Certificate issue(Path file, KeyPair caKey, X509Certificate ca) {
        X509Certificate leaf = TestCertificates.issue(KEY, "a", caKey, "ca", Instant.now(), "a.test");
        TestCertificates.write(file, TestCertificates.pem(leaf, ca) + TestCertificates.pkcs8(KEY.getPrivate()));
        return leaf;
    }

    private static @Nullable Staple staple(ListenerCertificates certificates) {
        return certificates.identities().getFirst().staple();
    }

    private static List<String> names(ListenerCertificates certificates) {
        return certificates.identities().stream()
                .flatMap(identity -> identity.names().stream())
                .toList();
    }

    private Path site(String name, String serverName) {
        return TestCertificates.write(
                dir.resolve(name + ".pem"),
                TestCertificates.pem(TestCertificates.selfSigned(KEY, serverName, serverName))
                        + TestCertificates.pkcs8(KEY.getPrivate()));
    }

    private Path cert(String name, KeyPair key, String serverName) {
        return TestCertificates.write(
                dir.resolve(name), TestCertificates.pem(TestCertificates.selfSigned(key, serverName, serverName)));
    }

    private Path key(String name, KeyPair key) {
        return TestCertificates.write(dir.resolve(name), TestCertificates.pkcs8(key.getPrivate()));
    }
}
