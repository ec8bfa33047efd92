package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.config.ConfigLoader;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.server.ProxyServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole proxy with a configuration file, and clients with certificates made by openssl. */
class ClientCertificateIT {
    private static final String CONFIG = """
            listeners:
              - name: web
                bind: 127.0.0.1:0
                tls: {cert: server.pem, client-auth: {mode: optional, ca: ca.pem}}
                routes:
                  - {path: /bytes/20, upstream: 127.0.0.1:%1$d, access: {client-certificate: {subjects: [CN=Bob]}}}
                  - {path: /bytes, upstream: 127.0.0.1:%1$d, access: {client-certificate: required}}
                upstream: 127.0.0.1:%1$d
              - name: raw
                bind: 127.0.0.1:0
                mode: tcp
                tls: {cert: server.pem, client-auth: {mode: required, ca: [ca.pem]}}
                upstream: 127.0.0.1:%1$d
            admin:
              bind: 127.0.0.1:0
            logging: {access: {to: "file:access.log"}}
            """;

    @TempDir
    private Path dir;

    private DemoUpstream upstream;
    private ProxyServer server;

    @BeforeEach
    void start() throws Exception {
        for (String tool : List.of("openssl", "curl")) {
            boolean found =
                    Arrays.stream(System.getenv("PATH").split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, tool)));
            assumeTrue(found, tool + " is not installed");
        }
        Files.writeString(dir.resolve("req.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
        certificate("ca", "/CN=Root", "basicConstraints=critical,CA:TRUE");
        certificate("server", "/CN=localhost", "subjectAltName=DNS:localhost");
        certificate(
                "alice",
                "/O=Example/CN=Alice \"the\" = Admin",
                "extendedKeyUsage=clientAuth",
                "-CA",
                "ca.pem",
                "-CAkey",
                "ca.pem");
        certificate("eve", "/CN=Eve", "extendedKeyUsage=clientAuth");
        upstream = DemoUpstream.start(0);
        List<OffloadProvider> backends = ServiceLoader.load(OffloadProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        Path file = Files.writeString(dir.resolve("offramp.yaml"), CONFIG.formatted(upstream.port()));
        ConfigResult result = new ConfigLoader(backends, dir.resolve("run")).load(file);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        server = ProxyServer.start(((ConfigResult.Loaded) result).config(), backends);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close(Duration.ZERO);
        }
        if (upstream != null) {
            upstream.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.3", "1.2"})
    void shouldTellTheUpstreamWhoTheClientIs(String version) throws Exception {
        // Given a client that would like to be somebody else
        String[] lies = {"-H", "X-Client-Cert-Subject: CN=Root", "-H", "Client_Cert: :AAAA:"};

        // When it comes with its certificate
        String seen = curl(0, version, "/headers", "alice", lies);

        // Then the upstream learns what is in it, and nothing else
        String der =
                run("openssl", "x509", "-in", "alice.pem", "-outform", "PEM").replaceAll("-----[A-Z ]+-----|\\s", "");
        String fingerprint = run("openssl", "x509", "-in", "alice.pem", "-noout", "-fingerprint", "-sha256")
                .replaceAll(".*=|[:\\s]", "")
                .toLowerCase(Locale.ROOT);
        assertThat(seen.lines().filter(line -> line.toLowerCase(Locale.ROOT).contains("cert")))
                .containsExactly(
                        "Client-Cert: :" + der + ":",
                        "X-Client-Cert-Subject: CN=Alice \\\"the\\\" \\= Admin,O=Example",
                        "X-Client-Cert-Fingerprint: " + fingerprint);
        await().untilAsserted(() -> assertThat(Files.readAllLines(dir.resolve("access.log")))
                .anySatisfy(line -> assertThat(line)
                        .contains(" client=\"CN=Alice \\\\\\\"the\\\\\\\" \\\\= Admin,O=Example\" fingerprint="
                                + fingerprint + " ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http1.1", "--http2"})
    void shouldLetTheCertificatesOfARoutePassAndSendOthersToAnotherConnection(String http) throws Exception {
        String[] status = {http, "-o", "out", "-w", "%{http_code}"};

        assertThat(curl(0, "1.3", "/bytes/10", "alice", status)).isEqualTo("200");
        assertThat(curl(0, "1.3", "/bytes/20", "alice", status)).isEqualTo("403");
        assertThat(curl(0, "1.3", "/bytes/10", null, status)).isEqualTo("421");
        assertThat(curl(0, "1.3", "/%62ytes/10", null, status)).isEqualTo("421");
        assertThat(admin("/metrics"))
                .contains("offramp_access_denied_total{listener=\"web\",rule=\"client-certificate\"} 3.0");
    }

    @Test
    void shouldTellNothingOfAClientWithoutACertificate() throws Exception {
        assertThat(curl(0, "1.3", "/headers", null, "-H", "x_client_cert_fingerprint: 00"))
                .doesNotContainIgnoringCase("cert");
    }

    @Test
    void shouldRefuseWhoMustAndDoesNotShowAGoodOne() throws Exception {
        assertThat(curl(1, "1.3", "/headers", null)).contains("curl: (");
        assertThat(curl(1, "1.2", "/headers", "eve")).contains("curl: (");
        assertThat(curl(0, "1.3", "/headers", "eve"))
                .as("a bad one where it is optional")
                .contains("curl: (");

        assertThat(admin("/metrics")
                        .lines()
                        .filter(line -> line.contains("handshake_failures") && line.contains("client_cert")))
                .containsExactlyInAnyOrder(
                        "offramp_handshake_failures_total{listener=\"raw\",reason=\"client_certificate_missing\"} 1.0",
                        "offramp_handshake_failures_total{listener=\"raw\",reason=\"client_certificate_untrusted\"} "
                                + "1.0",
                        "offramp_handshake_failures_total{listener=\"web\",reason=\"client_certificate_untrusted\"} "
                                + "1.0");
    }

    @Test
    void shouldCarryBytesOfAKnownClientInTcpMode() throws Exception {
        // Given a connection that stays
        assertThat(curl(1, "1.3", "/bytes/1000", "alice")).hasSize(1000);
        Process client = new ProcessBuilder(
                        "openssl",
                        "s_client",
                        "-quiet",
                        "-connect",
                        "127.0.0.1:" + port(1),
                        "-cert",
                        "alice.pem",
                        "-key",
                        "alice.pem")
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            // Then the admin page says whose it is
            await().untilAsserted(() -> assertThat(admin("/connections"))
                    .contains("\"listener\":\"raw\"")
                    .contains("\"client\":\"CN=Alice \\\\\\\"the\\\\\\\" \\\\= Admin,O=Example\",\"fingerprint\":\""));
        } finally {
            client.destroyForcibly();
        }
    }

    private int port(int listener) {
        return server.listeners().get(listener).address().getPort();
    }

    private String curl(int listener, String version, String path, String certificate, String... more)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "-sSk",
                "--max-time",
                "10",
                "--tlsv" + version,
                "--tls-max",
                version,
                "https://localhost:" + port(listener) + path));
        if (certificate != null) {
            command.addAll(List.of("--cert", certificate + ".pem"));
        }
        command.addAll(List.of(more));
        return run(command.toArray(String[]::new));
    }

    /** Makes {@code name.pem} with certificate and key. */
    private void certificate(String name, String subject, String extension, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "req",
                "-x509",
                "-config",
                "req.cnf",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                subject,
                "-addext",
                extension,
                "-keyout",
                name + ".key",
                "-out",
                name + ".crt"));
        command.addAll(List.of(more));
        run(command.toArray(String[]::new));
        Files.writeString(
                dir.resolve(name + ".pem"),
                Files.readString(dir.resolve(name + ".crt")) + Files.readString(dir.resolve(name + ".key")));
    }

    private String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private String admin(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
