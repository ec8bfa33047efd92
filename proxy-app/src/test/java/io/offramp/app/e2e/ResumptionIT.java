package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tickets are sent and accepted with every backend. */
class ResumptionIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path dir;

    @ParameterizedTest
    @CsvSource({
        "-tls1_3, SW, SW",
        "-tls1_3, HW, HW",
        "-tls1_3, HW, SW",
        "-tls1_3, AUTO, AUTO",
        "-tls1_2, SW, SW",
        "-tls1_2, HW, HW"
    })
    void shouldResume(String version, OffloadMode tx, OffloadMode rx) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(tx, rx)) {
            Path session = dir.resolve("session.pem");
            exchange(proxy, version, "-sess_out", session);
            await().atMost(PATIENCE).until(() -> Files.exists(session) && Files.size(session) > 0);

            String second = exchange(proxy, version, "-sess_in", session);

            assertThat(second).contains("Reused, TLSv1");
            assertThat(proxy.metric("offramp_handshakes_total", "resumed=\"true\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("offramp_handshakes_total", "resumed=\"false\""))
                    .isEqualTo(1);
            assertThat(proxy.metric("offramp_tickets_refused_total")).isZero();
        }
    }

    /** Asks for a page, and returns openssl's output once the page is there. */
    private static String exchange(RunningProxy proxy, String version, String direction, Path session)
            throws Exception {
        try (OpensslClient client = new OpensslClient(proxy.port(), version, direction, session.toString())) {
            client.type("GET /bytes/100 HTTP/1.1\r\nHost: localhost\r\n\r");
            await().atMost(PATIENCE).until(() -> client.output().contains("HTTP/1.1 200"));
            if (direction.equals("-sess_out")) {
                await().atMost(PATIENCE).until(() -> Files.exists(session) && Files.size(session) > 0);
            }
            return client.output();
        }
    }
}
