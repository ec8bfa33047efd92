package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to a real process with connections in all states. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class DrainIT {
    private static final int BYTES = 6_000_000;

    @TempDir
    private Path directory;

    private DemoUpstream upstream;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private Process proxy;

    @SuppressWarnings("NullAway.Init")
    private BufferedReader output;

    private int port;

    @BeforeEach
    void startUpstream() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        upstream = DemoUpstream.start(0);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.destroyForcibly();
        output.close();
        upstream.close();
    }

    @Test
    void shouldLetADownloadFinishCloseIdleConnectionsAndRefuseNewOnes() throws Exception {
        start("20s");
        Path file = directory.resolve("download");
        try (Idle connection = new Idle()) {
            Process download = curl(file, "--limit-rate", "2M", url(BYTES));
            await().until(() -> Files.exists(file) && Files.size(file) > 0);

            proxy.toHandle().destroy();

            await().atMost(Duration.ofSeconds(1)).until(connection::isClosed);
            assertThat(download.isAlive()).isTrue();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(ConnectException.class);
            assertThat(download.waitFor()).isZero();
            assertThat(file).hasSize(BYTES);
            assertThat(output.lines()).last().asString().endsWith("Serving: stopped");
            assertThat(proxy.waitFor()).isZero();
        }
    }

    @Test
    void shouldCutWhatIsLeftAtTheLimit() throws Exception {
        start("1s");
        Path file = directory.resolve("download");
        Process download = curl(file, "--limit-rate", "100k", url(100_000_000));
        await().until(() -> Files.exists(file) && Files.size(file) > 0);
        long startNs = System.nanoTime();

        proxy.toHandle().destroy();

        assertThat(output.lines()).last().asString().endsWith("stopped, 1 connections were cut");
        assertThat(proxy.waitFor()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - startNs))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(15));
        download.destroy();
    }

    /** An {@code openssl s_client} that sends nothing after its handshake. */
    private final class Idle implements AutoCloseable {
        private final Process client;

        Idle() throws Exception {
            client = new ProcessBuilder("openssl", "s_client", "-connect", "127.0.0.1:" + port)
                    .redirectErrorStream(true)
                    .start();
            InputStream in = client.getInputStream();
            StringBuilder text = new StringBuilder();
            while (text.indexOf("Verify return code") < 0) {
                text.append((char) in.read());
            }
        }

        boolean isClosed() {
            return !client.isAlive();
        }

        @Override
        public void close() {
            client.destroyForcibly();
        }
    }

    private void start(String drain) throws IOException {
        Path pem = DevelopmentCertificate.create(directory);
        StartedProxy started = StartedProxy.run(directory, """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    offload: {backend: device, tx: hw, rx: hw}
                    upstream: 127.0.0.1:%d
                timeouts: {drain: %s}
                """.formatted(pem, upstream.port(), drain));
        proxy = started.process();
        output = started.output();
        port = started.port();
    }

    private String url(int bytes) {
        return "https://127.0.0.1:" + port + "/bytes/" + bytes;
    }

    private static Process curl(Path file, String... rest) throws IOException {
        String[] command = new String[rest.length + 4];
        System.arraycopy(new String[] {"curl", "-sSk", "-o", file.toString()}, 0, command, 0, 4);
        System.arraycopy(rest, 0, command, 4, rest.length);
        return new ProcessBuilder(command).inheritIO().start();
    }
}
