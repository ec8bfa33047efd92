package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.session.OffloadConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The purpose of the key log: decrypting a capture. */
class KeyLogIT {
    @TempDir
    private Path directory;

    private DemoUpstream upstream;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = DemoUpstream.start(0);
    }

    @AfterEach
    void stopUpstream() {
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource({
        "--tlsv1.3, 5",
        "--tls-max 1.2, 1",
        "--tlsv1.3 --tls13-ciphers TLS_CHACHA20_POLY1305_SHA256, 5",
        "--tlsv1.3 --tls13-ciphers TLS_AES_256_GCM_SHA384, 5"
    })
    void shouldLetWiresharkReadACapture(String options, int lines) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "tshark is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        Path keys = directory.resolve("keys.txt");
        Path capture = directory.resolve("capture.pcap");
        try (ProxyServer proxy = start(keys);
                CapturingRelay relay =
                        new CapturingRelay(proxy.listeners().getFirst().address(), capture)) {
            // Given
            String url = "https://127.0.0.1:" + relay.port() + "/bytes/100";
            run(("curl -sSk --http1.1 -o /dev/null --max-time 10 " + options + " " + url).split(" "));
            await().until(() -> Files.readAllLines(keys).size() == lines && relay.isIdle());

            // When
            String requests = run(
                    "tshark",
                    "-r",
                    capture.toString(),
                    "-o",
                    "tls.keylog_file:" + keys,
                    "-d",
                    "tcp.port==" + relay.port() + ",tls",
                    "-d",
                    "tls.port==" + relay.port() + ",http",
                    "-Y",
                    "http",
                    "-T",
                    "fields",
                    "-e",
                    "http.request.uri",
                    "-e",
                    "http.response.code");

            // Then
            assertThat(requests.lines().map(String::strip)).containsExactly("/bytes/100", "200");
        }
    }

    @Test
    void shouldSayInTheMetricsThatSecretsAreLogged() throws Exception {
        try (ProxyServer proxy = start(directory.resolve("keys.txt"))) {
            assertThat(metrics(proxy))
                    .contains("\nofframp_tls_keylog 1.0\n", "\nofframp_tls_keylog_dropped_total 0.0\n");
        }
        try (ProxyServer proxy = start(null)) {
            assertThat(metrics(proxy)).doesNotContain("keylog");
        }
    }

    private ProxyServer start(@Nullable Path keys) throws Exception {
        Path pem = DevelopmentCertificate.create(directory);
        ProxyConfig config = new SingleListener(
                        new HostPort("127.0.0.1", 0),
                        Mode.HTTP,
                        CertificateFiles.of(pem, pem),
                        OffloadConfig.SOFTWARE,
                        Map.of(),
                        List.of(new HostPort("127.0.0.1", upstream.port())),
                        AdminConfig.of(new HostPort("127.0.0.1", 0)),
                        false,
                        1,
                        keys)
                .config();
        return ProxyServer.start(config, Installation.current().backends());
    }

    private static String metrics(ProxyServer proxy) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.adminPort() + "/metrics"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return out;
    }
}
