package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Crowds that ask for more memory than there is, each in its own way. The proxy lives, stays small and answers others,
 * at least with 503. When the crowd has gone, everything is as before.
 */
@Timeout(240)
class MemoryPressureIT {
    private static final long MIB = 1 << 20;
    private static final int HEAP_MIB = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Heap, direct memory, and a JVM. */
    private static final long RESIDENT_BYTES = HEAP_MIB * MIB + 64 * MIB + 256 * MIB;

    @TempDir
    private Path directory;

    private DemoUpstream upstream;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private ProxyProcess proxy;

    @BeforeEach
    void startUpstream() throws Exception {
        upstream = DemoUpstream.start(0);
    }

    private void start(int heapMib) throws Exception {
        Path config = Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                logging: {access: false}
                """.formatted(
                        DevelopmentCertificate.create(directory), upstream.port()));
        proxy = ProxyProcess.inShell(config, "-Xmx" + heapMib + "m -XX:MaxDirectMemorySize=64m", "true", "");
    }

    @AfterEach
    void stop() {
        if (proxy != null) {
            proxy.close();
        }
        upstream.close();
    }

    @Test
    void shouldOutliveHeadsThatDoNotEnd() throws Exception {
        assertOutlives(40, 400, crowd -> crowd.beginHead(30_000));

        assertThat(shed("head")).isPositive();
    }

    @Test
    @Tag("long")
    void shouldOutliveAThousandHeadsThatDoNotEnd() throws Exception {
        assertOutlives(HEAP_MIB, 1000, crowd -> crowd.beginHead(30_000));

        assertThat(shed("head")).isPositive();
    }

    @Test
    @Tag("long")
    void shouldOutliveTwoThousandHandshakesThatStopBeforeTheirLastByte() throws Exception {
        assertOutlives(HEAP_MIB, 2000, crowd -> crowd.beginHandshake(30_000));

        assertThat(shed("handshake")).isPositive();
    }

    @Test
    @Tag("long")
    void shouldOutliveFiveHundredClientsThatDoNotRead() throws Exception {
        assertOutlives(HEAP_MIB, 500, crowd -> crowd.ask("/bytes/100000000"));

        assertThat(shed("stalled")).isPositive();
    }

    @Test
    @Tag("long")
    void shouldOutliveRequestsWithoutEndWhoseAnswersNobodyReads() throws Exception {
        assertOutlives(HEAP_MIB, 50, crowd -> crowd.repeat("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }

    @Test
    @Tag("long")
    void shouldTakeNoFurtherRequestsOfClientsThatDoNotRead() throws Exception {
        start(HEAP_MIB);
        try (Crowd crowd = new Crowd(proxy.port())) {
            // When
            for (int i = 0; i < 20; i++) {
                crowd.repeat("OPTIONS / HTTP/1.1\r\nHost: localhost\r\nMax-Forwards: 0\r\n\r\n"); // answered here
            }

            // Then
            AtomicLong before = new AtomicLong();
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
                long now = crowd.repeatedBytes();
                return before.getAndSet(now) == now && now > 0;
            });
            assertThat(proxy.metric("offramp_shed_total", "")).isZero();
        }
    }

    private void assertOutlives(int heapMib, int clients, Consumer<Crowd> join) throws Exception {
        start(heapMib);
        try (Crowd crowd = new Crowd(proxy.port())) {
            assertThat(crowd.statusForAnother()).isEqualTo(200);

            // When
            for (int i = 1; i <= clients; i++) {
                join.accept(crowd);
                if (i % (clients / 5) == 0) {
                    // Then
                    await().atMost(PATIENCE).until(() -> crowd.statusForAnother() > 0);
                    assertThat(proxy.residentBytes()).isBetween(1L, RESIDENT_BYTES);
                }
            }

            // And when they have gone
            crowd.leave();
            await().atMost(PATIENCE).until(() -> crowd.statusForAnother() == 200);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(proxy.metric("offramp_memory_budget_used_bytes", "")).isZero();
                assertThat(proxy.metric("offramp_memory_shedding", "")).isZero();
            });
            assertThat(proxy.isAlive()).isTrue();
            assertThat(proxy.log()).noneMatch(line -> line.contains("\tat ") || line.contains(" ERROR "));
        }
    }

    private double shed(String what) throws Exception {
        return proxy.metric("offramp_shed_total", "what=\"" + what + "\"");
    }
}
