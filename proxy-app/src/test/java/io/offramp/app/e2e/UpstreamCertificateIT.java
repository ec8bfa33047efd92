package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.config.ListenerConfig.Mode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of servers, and ours for them: each fault has words, a reason and a status of its own. */
class UpstreamCertificateIT {
    @TempDir
    private Path dir;

    private TlsServers servers;

    @BeforeEach
    void makeCertificates() throws Exception {
        Tools.require("openssl");
        servers = new TlsServers(dir);
    }

    @ParameterizedTest
    @CsvSource({
        "subjectAltName=DNS:other.example, server_certificate_name, is for other.example",
        "extendedKeyUsage=serverAuth, server_certificate_name, no subject alternative name",
        "extendedKeyUsage=clientAuth, server_certificate_usage, not for servers"
    })
    void shouldAnswer502AndSayWhyForABadCertificate(String extension, String reason, String words) throws Exception {
        assertRefused(servers.certificate("localhost", extension), "", reason, words);
    }

    @Test
    void shouldAnswer502ForAnUnknownCa() throws Exception {
        assertRefused(servers.selfSigned("localhost"), "", "server_certificate_untrusted", "unknown_ca");
    }

    @Test
    void shouldAnswer502ForACertificateThatHasExpired() throws Exception {
        Path pem = servers.certificateOfDay("old", Instant.now().minus(Duration.ofDays(3)));

        assertRefused(pem, "", "server_certificate_expired", "expired on ");
    }

    @Test
    void shouldAnswer502ForACertificateThatIsNotValidYet() throws Exception {
        Path pem = servers.certificateOfDay("new", Instant.now().plus(Duration.ofDays(3)));

        assertRefused(pem, "", "server_certificate_expired", "not valid before ");
    }

    @Test
    void shouldAnswer502ForACertificateThatWasRevoked() throws Exception {
        Path pem = servers.certificate("lost", "subjectAltName=DNS:localhost");

        assertRefused(pem, "crl: " + servers.revocations(pem), "server_certificate_revoked", "revoked on ");
    }

    private void assertRefused(Path pem, String more, String reason, String words) throws Exception {
        try (TlsServers.Running server = servers.openssl(pem);
                RunningProxy proxy = proxy(server.port(), more);
                HttpClient client = client()) {
            HttpResponse<String> page = get(client, proxy);

            assertThat(page.statusCode()).isEqualTo(502);
            assertThat(proxy.metric("offramp_upstream_handshake_failures_total"))
                    .isEqualTo(1);
            assertThat(proxy.metric("offramp_upstream_handshake_failures_total", "reason=\"" + reason + "\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("offramp_upstream_failures_total", "reason=\"tls\""))
                    .isEqualTo(1);
            await().untilAsserted(() -> assertThat(proxy.accessLines())
                    .anySatisfy(line -> assertThat(line).contains(reason).contains(words)));
        }
    }

    /** The connection is kept, and would carry the next request. */
    @Test
    void shouldSendNoRequestOverAConnectionWhoseServerWasRevokedMeanwhile() throws Exception {
        Tools.require("nginx");
        Path pem = servers.certificate("good", "subjectAltName=DNS:localhost");
        Path crl = servers.revocations();
        try (DemoUpstream demo = DemoUpstream.start(0);
                NginxProxy nginx = NginxProxy.start(dir, demo.port(), pem, "");
                RunningProxy proxy = proxy(nginx.port(), "crl: " + crl);
                HttpClient client = client()) {
            assertThat(get(client, proxy).statusCode()).isEqualTo(200);

            servers.revocations(pem);

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(get(client, proxy).statusCode()).isEqualTo(502));
            await().untilAsserted(() -> assertThat(proxy.accessLines())
                    .anySatisfy(line -> assertThat(line).contains("server_certificate_revoked")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldShowItsCertificateAndSayWhatIsMissingWithoutOne(String version) throws Exception {
        Path good = servers.certificate("good", "subjectAltName=DNS:localhost");
        Path own = servers.certificate("proxy", "extendedKeyUsage=clientAuth");
        String[] demanding = {version, "-Verify", "1", "-verify_return_error", "-CAfile", "" + servers.ca()};
        try (TlsServers.Running server = servers.openssl(good, demanding);
                RunningProxy with = proxy(server.port(), "cert: " + own);
                RunningProxy without = proxy(server.port(), "");
                HttpClient client = client()) {
            assertThat(get(client, with).statusCode()).isEqualTo(200);
            assertThat(get(client, without).statusCode()).isEqualTo(502);
            assertThat(without.metric("offramp_upstream_failures_total", "reason=\"certificate_demanded\""))
                    .isEqualTo(1);
            await().untilAsserted(() -> assertThat(without.accessLines())
                    .anySatisfy(line -> assertThat(line).contains("certificate_demanded")));
        }
    }

    /** In TLS 1.3, it says so behind the handshake. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldSayThatAServerRefusesOurCertificate(String version) throws Exception {
        Path good = servers.certificate("good", "subjectAltName=DNS:localhost");
        Path own = servers.selfSigned("stranger");
        String[] demanding = {version, "-Verify", "1", "-verify_return_error", "-CAfile", "" + servers.ca()};
        try (TlsServers.Running server = servers.openssl(good, demanding);
                RunningProxy proxy = proxy(server.port(), "cert: " + own);
                HttpClient client = client()) {
            assertThat(get(client, proxy).statusCode()).isEqualTo(502);
            await().untilAsserted(() -> assertThat(proxy.accessLines())
                    .anySatisfy(line -> assertThat(line).contains("certificate_refused")));
        }
    }

    private RunningProxy proxy(int port, String tls) throws Exception {
        return RunningProxy.to(
                Mode.HTTP,
                "{servers: [\"127.0.0.1:%d\"], tls: {server-name: localhost, ca: %s%s}}"
                        .formatted(port, servers.ca(), tls.isEmpty() ? "" : ", " + tls));
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().sslContext(Clients.trustsAll()).build();
    }

    private static HttpResponse<String> get(HttpClient client, RunningProxy proxy) throws Exception {
        URI page = URI.create("https://127.0.0.1:" + proxy.port() + "/");
        return client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
    }
}
