package io.offramp.proxy.handshake.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.handshake.certificate.TestCertificates;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerVerifierTest {
    private static final TestCa CA = TestCa.root("CN=Root");

    @ParameterizedTest
    @CsvSource({
        "api.example, api.example, true",
        "API.Example, api.example., true",
        "*.example.org, api.example.org, true",
        "*.example.org, a.b.example.org, false",
        "*.example.org, example.org, false",
        "*.org, example.org, false",
        "a*.example.org, api.example.org, false",
        "*, localhost, false",
        "ip:127.0.0.1, 127.0.0.1, true",
        "ip:127.0.0.2, 127.0.0.1, false",
        "ip:::1, ::1, true",
        "127.0.0.1, 127.0.0.1, false",
        "ip:127.0.0.1, localhost, false"
    })
    void shouldMatchNamesAsRfc9525Does(String certified, String expected, boolean fits) throws Exception {
        Trust trust = new Trust(bundle(), null, 1);
        ServerVerifier verifier = new ServerVerifier(trust, PeerName.of(expected), Instant.now());
        TestCa.Client server = CA.server(certified);

        if (fits) {
            assertThat(verifier.verify(server.chain())).isAfter(Instant.now());
        } else {
            assertThatThrownBy(() -> verifier.verify(server.chain()))
                    .isInstanceOfSatisfying(
                            CertificateRefusal.class,
                            refusal -> assertThat(refusal.fault()).isEqualTo(CertificateFault.NAME))
                    .hasMessageEndingWith("not for " + PeerName.of(expected));
        }
    }

    @Test
    void shouldEndWithTheRevocationListIfThatIsBeforeTheCertificate(@TempDir Path directory) throws Exception {
        // Given a list that is current for an hour, of a CA whose certificates last longer
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Path ca = TestCertificates.write(directory.resolve("ca.pem"), CA.pem());
        Path crl = TestCertificates.write(
                directory.resolve("crl.pem"), TestCa.pem(CA.crl(now.minusSeconds(60), now.plusSeconds(3600))));
        Trust trust = ServerAuth.load(List.of(ca), crl).trust();

        // When
        Instant end = new ServerVerifier(trust, PeerName.of("api.example"), now)
                .verify(CA.server("api.example").chain());

        // Then
        assertThat(end).isEqualTo(now.plusSeconds(3600));
    }

    @Test
    void shouldAskForNamesOnly() {
        assertThat(PeerName.of("Api.Example.").sni()).isEqualTo("api.example");
        assertThat(PeerName.of("127.0.0.1").sni()).isNull();
        assertThat(PeerName.of("::1").sni()).isNull();
    }

    @Test
    void shouldTakeTheUsableCertificatesOfTheJdk() throws Exception {
        CaBundle ofJdk = MachineCas.ofJdk(Path.of(System.getProperty("java.home"), "lib", "security", "cacerts"));

        assertThat(ofJdk.certificates()).hasSizeGreaterThan(50);
        assertThat(ofJdk.warnings()).isEmpty();
        TestCa.Client own = CA.server("api.example");
        assertThatThrownBy(
                        () -> new ServerVerifier(new Trust(ofJdk, null, 1), PeerName.of("api.example"), Instant.now())
                                .verify(own.chain()))
                .hasMessageEndingWith("which is not among the certificates in the CA bundle of this machine");
    }

    private static CaBundle bundle() {
        return CaBundle.ofMachine(List.of(CA.certificate()));
    }
}
