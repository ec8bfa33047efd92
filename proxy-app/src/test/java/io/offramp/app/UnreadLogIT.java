package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Standard output and standard error lead into one pipe whose reader has stopped. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class UnreadLogIT {
    private static final byte[] PLAIN = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    @Test
    void shouldServeAndStopAllTheSame() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        try (DemoUpstream upstream = DemoUpstream.start(0)) {
            StartedProxy started = start(upstream.port());
            Process proxy = started.process();
            int port = started.port();
            try {
                // When more is logged than a pipe holds: a line for each client that does not speak TLS
                for (int i = 0; i < 3000; i++) {
                    assertThat(answerTo(port)).startsWith("HTTP/1.1 400 ");
                }

                // Then
                Process curl = new ProcessBuilder(
                                "curl",
                                "-sSk",
                                "--max-time",
                                "20",
                                "-o",
                                directory.resolve("body").toString(),
                                "https://127.0.0.1:" + port + "/bytes/1000")
                        .inheritIO()
                        .start();
                assertThat(curl.waitFor()).isZero();
                assertThat(directory.resolve("body")).hasSize(1000);
                proxy.toHandle().destroy();
                assertThat(proxy.waitFor()).isZero();
            } finally {
                proxy.destroyForcibly();
            }
        }
    }

    private StartedProxy start(int upstreamPort) throws Exception {
        Path pem = DevelopmentCertificate.create(directory);
        return StartedProxy.run(directory, """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    upstream: 127.0.0.1:%d
                timeouts: {drain: 1s}
                """.formatted(pem, upstreamPort));
    }

    private static String answerTo(int port) throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(PLAIN);
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
