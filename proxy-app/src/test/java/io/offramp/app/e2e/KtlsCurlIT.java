package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.proxy.config.ListenerConfig.Mode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** curl against both directions in the kernel. */
class KtlsCurlIT {
    /** A gibibyte takes user-mode Linux half a minute. */
    private static final long DOWN_BYTES = Long.getLong("offramp.test.body-bytes", 4 << 20);

    private static final int UP_BYTES = 1 << 20;
    private static final long LIMIT_S = 250;

    @BeforeAll
    static void assumeKernelTls() {
        KernelStat.assumeKernelTls();
        boolean found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));
        assumeTrue(found, "curl is not installed");
    }

    @ParameterizedTest(name = "{0} {2} {3}")
    @CsvSource({
        "1.3, --tls13-ciphers, TLS_AES_128_GCM_SHA256, --http1.1",
        "1.3, --tls13-ciphers, TLS_AES_256_GCM_SHA384, --http2",
        "1.2, --ciphers, ECDHE-ECDSA-AES128-GCM-SHA256, --http2",
        "1.2, --ciphers, ECDHE-ECDSA-AES256-GCM-SHA384, --http1.1",
    })
    void shouldCarryEveryByteBothWays(String version, String option, String cipher, String http) throws Exception {
        Path upload = Files.createTempFile("offramp", ".up");
        Path answer = Files.createTempFile("offramp", ".answer");
        try (RunningProxy proxy = RunningProxy.ktls(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, 0)) {
            Files.write(upload, new byte[UP_BYTES]);
            long tx = KernelStat.installed("Tx");
            long rx = KernelStat.installed("Rx");
            String url = "https://127.0.0.1:" + proxy.port();
            List<String> curl = List.of("curl", "-sSk", http, "--tlsv" + version, "--tls-max", version, option, cipher);

            String down = hash(curl, url + "/bytes/" + DOWN_BYTES);
            hash(curl, "--data-binary", "@" + upload, "-o", answer.toString(), url + "/sha256");

            assertThat(down).isEqualTo(proxy.upstreamHash("/bytes/" + DOWN_BYTES));
            try (InputStream sent = Files.newInputStream(upload)) {
                assertThat(Files.readString(answer)).startsWith(Clients.hash(sent));
            }
            assertThat(KernelStat.installed("Tx") - tx).isEqualTo(2);
            assertThat(KernelStat.installed("Rx") - rx)
                    .as("the download is one read, in software")
                    .isBetween(1L, 2L);
            await().until(() -> proxy.connections().isEmpty());
            assertThat(proxy.metric("offramp_tls_truncated_closes_total"))
                    .as("curl 7.88 sends no close_notify after HTTP/2")
                    .isLessThanOrEqualTo(http.equals("--http2") ? 2 : 0);
        } finally {
            Files.delete(upload);
            Files.delete(answer);
        }
    }

    /** The hash of curl's output, read as it comes. */
    private static String hash(List<String> curl, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(curl);
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String hash = Clients.hash(process.getInputStream());
        assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s", command).isZero();
        return hash;
    }
}
