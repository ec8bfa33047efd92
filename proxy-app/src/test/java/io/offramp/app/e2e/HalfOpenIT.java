package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.offramp.proxy.config.ListenerConfig.Mode;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two thousand clients that connect, with or without beginning a handshake, and never finish it. */
class HalfOpenIT {
    private static final int FLOOD = 2000;
    private static final int LIMIT = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final String VERSION = "TLSv1.3";
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";
    private static final String FAILURES = "offramp_handshake_failures_total";

    @ParameterizedTest
    @EnumSource(names = {"SW", "HW_RECORD"})
    void shouldBoundThemAndServeTheOthersAndForgetThem(OffloadMode policy) throws Exception {
        byte[] hello = Clients.clientHello();
        List<Socket> flood = new ArrayList<>();
        try (RunningProxy proxy = proxy(policy);
                SSLSocket established = Clients.connect(proxy.address(), VERSION, SUITE)) {
            String hash = proxy.upstreamHash("/bytes/100000");
            assertThat(Clients.getHash(established, "/bytes/100000")).isEqualTo(hash);
            int before = descriptors();

            // When half of them are silent, and the others stop in the middle of their hello
            for (int i = 0; i < FLOOD; i++) {
                Socket socket = new Socket(proxy.address().getAddress(), proxy.port());
                flood.add(socket);
                write(socket, Arrays.copyOf(hello, i % 2 == 0 ? 0 : hello.length / 2));
                if (i % 100 == 0) {
                    assertThat(Clients.getHash(established, "/bytes/100000")).isEqualTo(hash);
                    assertThat(proxy.metric("offramp_handshakes_active")).isLessThanOrEqualTo(LIMIT);
                }
            }

            // Then the oldest had to leave, and who speaks is served
            await().untilAsserted(() -> assertThat(proxy.metric(FAILURES, "reason=\"displaced\"")
                            + proxy.metric(FAILURES, "reason=\"timeout\""))
                    .isGreaterThanOrEqualTo(FLOOD - LIMIT));
            try (SSLSocket next = Clients.connect(proxy.address(), VERSION, SUITE)) {
                assertThat(Clients.getHash(next, "/bytes/100000")).isEqualTo(hash);
            }
            assertThat(proxy.metric("offramp_connections_refused_total")).isZero();

            // And the others leave in time, without a trace
            await().atMost(PATIENCE.plusSeconds(5)).untilAsserted(() -> {
                assertThat(proxy.metric("offramp_handshakes_active")).isZero();
                assertThat(proxy.connections()).hasSize(1);
            });
            closeAll(flood);
            await().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before + 8));
            assertThat(Clients.getHash(established, "/bytes/100000")).isEqualTo(hash);
        } finally {
            closeAll(flood);
        }
    }

    @Test
    void shouldServeWhoComesWhereAllHaveBeenAnswered() throws Exception {
        byte[] hello = Clients.clientHello();
        List<Socket> flood = new ArrayList<>();
        try (RunningProxy proxy = proxy(OffloadMode.SW)) {
            for (int i = 0; i < LIMIT + 20; i++) {
                Socket socket = new Socket(proxy.address().getAddress(), proxy.port());
                flood.add(socket);
                write(socket, hello);
                assertThat(socket.getInputStream().read()).as("the answer").isEqualTo(22);
            }
            assertThat(proxy.metric("offramp_handshakes_active")).isLessThanOrEqualTo(LIMIT);
            assertThat(proxy.metric(FAILURES, "reason=\"displaced\"")).isGreaterThanOrEqualTo(20);

            try (SSLSocket next = Clients.connect(proxy.address(), VERSION, SUITE)) {
                assertThat(Clients.getHash(next, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));
            }

            assertThat(proxy.metric("offramp_connections_refused_total")).isZero();
            await().atMost(PATIENCE.plusSeconds(5))
                    .untilAsserted(() -> assertThat(proxy.metric("offramp_handshakes_active"))
                            .isZero());
            try (SSLSocket served = Clients.connect(proxy.address(), VERSION, SUITE)) {
                assertThat(Clients.getHash(served, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));
            }
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
                    .isLessThan(256L << 20);
        } finally {
            closeAll(flood);
        }
    }

    private static RunningProxy proxy(OffloadMode policy) throws Exception {
        return new RunningProxy(
                Mode.HTTP,
                policy,
                policy,
                Map.of(),
                "timeouts: {handshake: " + PATIENCE.toMillis() + "ms}",
                "limits: {handshakes: " + LIMIT + "}");
    }

    /** The proxy may have closed already. */
    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*");
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }
}
