package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Common clients, curl, openssl, GnuTLS and wrk, against every combination of modes. */
class ExternalClientsIT {
    private static final int BYTES = 5_000_000;

    @TempDir
    Path directory;

    @ParameterizedTest(name = "tx={0} rx={1}")
    @CsvSource({"SW, SW", "SW, HW", "HW, SW", "HW, HW", "HW_RECORD, HW_RECORD"})
    void shouldServeCurl(OffloadMode tx, OffloadMode rx) throws Exception {
        Tools.require("curl");
        Path upload = directory.resolve("upload");
        Files.write(upload, new byte[BYTES]);
        try (RunningProxy proxy = RunningProxy.http(tx, rx)) {
            for (String version : List.of("1.2", "1.3")) {
                Path download = directory.resolve("download");
                String url = "https://localhost:" + proxy.port();
                Tools.run(
                        "curl",
                        "-sSk",
                        "--tlsv" + version,
                        "--tls-max",
                        version,
                        "--resolve",
                        "localhost:" + proxy.port() + ":127.0.0.1",
                        "-o",
                        download.toString(),
                        url + "/bytes/" + BYTES);
                String uploaded = Tools.run(
                        "curl",
                        "-sSk",
                        "--tlsv" + version,
                        "--tls-max",
                        version,
                        "-H",
                        "Expect: 100-continue",
                        "--data-binary",
                        "@" + upload,
                        url + "/sha256");

                assertThat(hash(Files.readAllBytes(download))).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
                assertThat(uploaded).startsWith(hash(new byte[BYTES]));
            }
        }
    }

    @ParameterizedTest(name = "tx={0} rx={1}")
    @CsvSource({"SW, SW", "SW, HW", "HW, SW", "HW, HW", "HW_RECORD, HW_RECORD"})
    void shouldServeOpenssl(OffloadMode tx, OffloadMode rx) throws Exception {
        Tools.require("openssl");
        try (RunningProxy proxy = RunningProxy.http(tx, rx)) {
            for (String version : List.of("-tls1_2", "-tls1_3")) {
                String answer = Tools.typed(
                        "GET /bytes/1000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                        "openssl",
                        "s_client",
                        "-quiet",
                        "-no_ign_eof",
                        version,
                        "-connect",
                        "127.0.0.1:" + proxy.port());

                assertThat(answer).contains("HTTP/1.1 200 OK");
            }
        }
    }

    @ParameterizedTest(name = "tx={0} rx={1}")
    @CsvSource({"SW, SW", "SW, HW", "HW, SW", "HW, HW", "HW_RECORD, HW_RECORD"})
    void shouldServeGnutls(OffloadMode tx, OffloadMode rx) throws Exception {
        Tools.require("gnutls-cli");
        try (RunningProxy proxy = RunningProxy.http(tx, rx)) {
            for (String version : List.of("TLS1.2", "TLS1.3")) {
                String answer = Tools.typed(
                        "GET /bytes/1000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                        "gnutls-cli",
                        "--insecure",
                        "--logfile=/dev/null",
                        "--priority",
                        "NORMAL:-VERS-ALL:+VERS-" + version,
                        "-p",
                        "" + proxy.port(),
                        "127.0.0.1");

                assertThat(answer).contains("HTTP/1.1 200 OK");
            }
        }
    }

    @ParameterizedTest(name = "tx={0} rx={1}")
    @CsvSource({"SW, SW", "SW, HW", "HW, SW", "HW, HW", "HW_RECORD, HW_RECORD"})
    void shouldServeWrkWithoutAnError(OffloadMode tx, OffloadMode rx) throws Exception {
        Tools.require("wrk");
        try (RunningProxy proxy = RunningProxy.http(tx, rx)) {
            String report =
                    Tools.run("wrk", "-t1", "-c64", "-d2s", "https://127.0.0.1:" + proxy.port() + "/bytes/1024");

            assertThat(report)
                    .contains("Requests/sec")
                    .doesNotContain("Socket errors")
                    .doesNotContain("Non-2xx");
            assertCarried(proxy, "tx", tx, "tx_tls_encrypted_packets");
            assertCarried(proxy, "rx", rx, "rx_tls_decrypted_packets");
            assertThat(proxy.metric("offramp_tls_declines_total")).isZero();
            assertThat(proxy.metric("offramp_tls_moves_total")).isZero();
        }
    }

    /**
     * Checks that no session fell back, and that the device, if asked to, did at least a packet for each connection of
     * wrk.
     */
    private static void assertCarried(RunningProxy proxy, String direction, OffloadMode policy, String packets)
            throws Exception {
        boolean device = policy != OffloadMode.SW;
        String installed = "offramp_tls_sessions_installed_total";
        String mode = policy == OffloadMode.HW_RECORD ? "hw-record" : "hw";
        String label = "direction=\"" + direction + "\"";
        double inDevice = proxy.metric(installed, label, "backend=\"device\"", "mode=\"" + mode + "\"");
        double inSoftware = proxy.metric(installed, label, "backend=\"sw\"", "mode=\"sw\"");
        assertThat(device ? inDevice : inSoftware).isGreaterThanOrEqualTo(64);
        assertThat(device ? inSoftware : inDevice).isZero();
        assertThat(proxy.metric(packets)).isGreaterThanOrEqualTo(device ? inDevice : 0);
        if (!device) {
            assertThat(proxy.metric(packets)).isZero();
        }
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
