package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.CommandRun;
import io.offramp.proxy.config.ListenerConfig.Mode;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics of a running proxy, by the commands of a user. */
class SessionStatisticsIT {
    private static final int BYTES = 4 << 20;

    @TempDir
    private Path directory;

    @Test
    void shouldAnswerWhatIfFromACaptureOfARunningProxy() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.AUTO, OffloadMode.AUTO)) {
            // Given: a download that closes, one with a suite that the device declines, and one that stays open
            download(proxy, "TLS_AES_128_GCM_SHA256", BYTES);
            download(proxy, "TLS_CHACHA20_POLY1305_SHA256", BYTES);
            await().until(() -> proxy.connections().isEmpty());
            try (SSLSocket open = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_256_GCM_SHA384")) {
                Clients.getHash(open, "/bytes/1000");

                // When
                String capture = proxy.admin("/sessions");
                Path file = Files.writeString(directory.resolve("sessions.csv"), capture);
                CommandRun whatif = CommandRun.of("whatif", file.toString(), "--contexts", "1000");

                // Then
                assertThat(capture.lines().skip(1).map(line -> line.replaceAll("^\\d+,\\d+,", "")))
                        .hasSize(3)
                        .anyMatch(line -> line.matches("closed,test,1.3,aes-gcm-128,\\d+,4\\d{6},\\d+,\\d+,hw,sw,"
                                + "auto: # MiB in # records,auto: below # MiB in records of # KiB,1"))
                        .anyMatch(line -> line.matches("closed,test,1.3,chacha20-poly1305,.*,sw,sw,"
                                + "device declined: device has no chacha20-poly1305,auto: below .*,1"))
                        .anyMatch(line -> line.startsWith("open,test,1.3,aes-gcm-256,"));
                assertThat(whatif.err()).isEmpty();
                assertThat(whatif.exitCode()).isZero();
                assertThat(whatif.out().lines().map(line -> line.replaceAll(" +", " ")))
                        .anyMatch(line -> line.startsWith("capture 3 sessions, "))
                        .anyMatch(line -> line.matches("hw tx 3 2 .* 0 suite or version 1"))
                        .anyMatch(line -> line.matches("auto tx 3 1 .* 1 suite or version 1"))
                        .anyMatch(line -> line.startsWith("verdict: hw frees most, "));
            }
        }
    }

    @Test
    void shouldDeclineAndWaitByTheSameFiguresInTheProxy() throws Exception {
        // Given: the one install that a second allows goes to TX, which both start with
        Map<String, String> device = Map.of("installs-per-second", "1");
        try (RunningProxy proxy = new RunningProxy(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, device);
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            Clients.getHash(socket, "/bytes/1000");

            // When
            CommandRun sessions = CommandRun.of(
                    "sessions", "--admin", "127.0.0.1:" + proxy.server().adminPort());

            // Then
            assertThat(sessions.err()).isEmpty();
            assertThat(sessions.out())
                    .contains("ESTAB  127.0.0.1:" + socket.getLocalPort())
                    .contains("tcp-ulp-tls version: 1.3 cipher: aes-gcm-128 rxconf: sw txconf: hw")
                    .contains("why:\"configured\"", "why:\"device declined: device installs at most 1/s\"");
            assertThat(proxy.metric("device_declined_install_rate")).isEqualTo(1);
        }
    }

    @Test
    void shouldWatchUntilTheProxyIsGone() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        RunningProxy proxy = RunningProxy.http(OffloadMode.AUTO, OffloadMode.AUTO);
        String admin = "127.0.0.1:" + proxy.server().adminPort();
        CompletableFuture<Integer> watching;
        try (proxy) {
            watching = CompletableFuture.supplyAsync(
                    () -> CommandRun.into(out, err, "sessions", "--admin", admin, "--watch", "0.05"));
            await().until(() -> out.toString().split("State", -1).length > 3);
        }
        assertThat(watching.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(err.toString()).contains(admin);
    }

    @Test
    void shouldSayWhichNamesThereAre() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.AUTO, OffloadMode.AUTO)) {
            String admin = "127.0.0.1:" + proxy.server().adminPort();

            assertThat(CommandRun.of("sessions", "--admin", admin, "--listener", "tset"))
                    .isEqualTo(new CommandRun(
                            1, "", "offramp: " + admin + " refuses: unknown listener \"tset\"; known are test\n"));
            assertThat(CommandRun.of("sessions", "--admin", admin, "--backend", "dev"))
                    .isEqualTo(new CommandRun(
                            1, "", "offramp: " + admin + " refuses: unknown backend \"dev\"; known are device, sw\n"));
            assertThat(CommandRun.of("sessions", "--admin", admin, "--upstream", "dem"))
                    .isEqualTo(new CommandRun(
                            1, "", "offramp: " + admin + " refuses: unknown upstream \"dem\"; known are demo\n"));
            assertThat(CommandRun.of(
                                    "sessions",
                                    "--admin",
                                    admin,
                                    "--listener",
                                    "test",
                                    "--backend",
                                    "sw",
                                    "--upstream",
                                    "demo")
                            .exitCode())
                    .isZero();
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        int port;
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.AUTO, OffloadMode.AUTO)) {
            port = proxy.server().adminPort();
        }
        assertThat(CommandRun.of("sessions", "--admin", "127.0.0.1:" + port))
                .isEqualTo(new CommandRun(
                        1,
                        "",
                        "offramp: no proxy listens on 127.0.0.1:" + port
                                + ": is it running, with this address as admin.bind or --admin?\n"));
    }

    private static void download(RunningProxy proxy, String suite, int bytes) throws Exception {
        try (SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", suite)) {
            Clients.getHash(socket, "/bytes/" + bytes);
        }
    }
}
