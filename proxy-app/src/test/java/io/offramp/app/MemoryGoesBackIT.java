package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A crowd comes and goes; then the process is as small as it was. */
@Timeout(120)
class MemoryGoesBackIT {
    private static final long MIB = 1 << 20;
    private static final int SILENT_READERS = 500;
    private static final int LONG_HEADS = 300;
    private static final Pattern GIVEN_BACK =
            Pattern.compile("memory: quiet after a peak: (\\d+) MiB resident, \\d+ MiB before");
    private static final Duration QUIET = Duration.ofSeconds(40);

    @TempDir
    private Path directory;

    @Test
    void shouldGiveBackTheMemoryOfAPeakOnceItIsQuiet() throws Exception {
        try (DemoUpstream upstream = DemoUpstream.start(0);
                ProxyProcess proxy = start(upstream.port())) {
            // Given
            long before = proxy.residentBytes();
            double directBefore = direct(proxy);
            long peak;
            double directPeak;
            try (Crowd crowd = new Crowd(proxy.port())) {
                for (int i = 0; i < SILENT_READERS; i++) {
                    crowd.ask("/bytes/100000000");
                }
                for (int i = 0; i < LONG_HEADS; i++) {
                    crowd.beginHead(30_000);
                }
                await().until(() -> direct(proxy) > directBefore + 60 * MIB);
                peak = proxy.residentBytes();
                directPeak = direct(proxy);
            }
            assertThat(peak).isGreaterThan(before + 60 * MIB);

            // When: no scrape meanwhile, it would be work
            await().atMost(QUIET).until(() -> proxy.hasLogged("memory: quiet after a peak"));

            // Then
            assertThat(proxy.metric("offramp_memory_trims_total", "")).isEqualTo(1);
            assertThat(proxy.residentBytes()).isLessThan(peak - 30 * MIB);
            // The allocator keeps a chunk for the last buffer of a size class, wherever that is.
            assertThat(direct(proxy)).isLessThan(directPeak / 2);
            Matcher line = proxy.log().stream()
                    .map(GIVEN_BACK::matcher)
                    .filter(Matcher::find)
                    .findFirst()
                    .orElseThrow();
            assertThat(Long.parseLong(line.group(1)) * MIB).isLessThan(peak - 30 * MIB);
        }
    }

    private ProxyProcess start(int upstreamPort) throws Exception {
        Path config = Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                logging: {access: false}
                """.formatted(
                        DevelopmentCertificate.create(directory), upstreamPort));
        return ProxyProcess.inShell(config, "-Xms64m -Xmx256m", "true", "");
    }

    private static double direct(ProxyProcess proxy) throws Exception {
        return proxy.metric("netty_allocator_memory_used", "memory_type=\"direct\"");
    }
}
