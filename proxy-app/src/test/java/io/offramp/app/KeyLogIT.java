package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.session.OffloadConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The purpose of the key log: decrypting a capture. */
class KeyLogIT {
    @TempDir
    private Path directory;

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
        try (DemoProxy demo = start(keys);
                CapturingRelay relay =
                        new CapturingRelay(demo.proxy().listeners().getFirst().address(), capture)) {
            // Given
            String url = "https://127.0.0.1:" + relay.port() + "/bytes/100";
            DemoProxy.run(("curl -sSk --http1.1 -o /dev/null --max-time 10 " + options + " " + url).split(" "));
            await().until(() -> Files.readAllLines(keys).size() == lines && relay.isIdle());

            // When
            String requests = DemoProxy.run(
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
        try (DemoProxy demo = start(directory.resolve("keys.txt"))) {
            assertThat(metrics(demo.proxy()))
                    .contains("\nofframp_tls_keylog 1.0\n", "\nofframp_tls_keylog_dropped_total 0.0\n");
        }
        try (DemoProxy demo = start(null)) {
            assertThat(metrics(demo.proxy())).doesNotContain("keylog");
        }
    }

    private DemoProxy start(@Nullable Path keys) throws Exception {
        return DemoProxy.start(directory, OffloadConfig.SOFTWARE, Map.of(), keys);
    }

    private static String metrics(ProxyServer proxy) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.adminPort() + "/metrics"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
