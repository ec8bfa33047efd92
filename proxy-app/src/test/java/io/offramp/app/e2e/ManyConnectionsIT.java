package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.testing.LogCapture;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many connections, and the state after they have gone. */
class ManyConnectionsIT {
    private static final String VERSION = "TLSv1.3";
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";

    @ParameterizedTest
    @EnumSource(names = {"HW", "HW_RECORD"})
    void shouldCloseAtOnceWhatIsAboveTheLimit(OffloadMode policy) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (LogCapture log = new LogCapture("io.offramp", Level.DEBUG);
                RunningProxy proxy =
                        new RunningProxy(Mode.HTTP, policy, policy, Map.of(), "limits: {connections: 10}")) {
            for (int i = 0; i < 10; i++) {
                sockets.add(connect(proxy));
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).hasSize(10));

            try (Socket eleventh = connect(proxy)) {
                assertThat(eleventh.getInputStream().read()).isNegative();
            }

            assertThat(proxy.metric("offramp_connections_refused_total")).isEqualTo(1);
            assertThat(proxy.metric("offramp_connections_total")).isEqualTo(10);
            assertThat(log.events())
                    .filteredOn(e -> e.getFormattedMessage().contains("refused"))
                    .hasSize(1);
            sockets.removeFirst().close();
            await().untilAsserted(() -> assertThat(proxy.connections()).hasSize(9));
            try (SSLSocket next = Clients.connect(proxy.address(), VERSION, SUITE)) {
                assertThat(Clients.getHash(next, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HW", "HW_RECORD"})
    void shouldKeepNoDescriptorOfTwoThousandConnections(OffloadMode policy) throws Exception {
        try (RunningProxy proxy = RunningProxy.http(policy, policy)) {
            serve(proxy, 20);
            connectOnly(proxy, 20);
            int before = descriptors();

            serve(proxy, 400);
            connectOnly(proxy, 1600);

            await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
                assertThat(proxy.connections()).isEmpty();
                assertThat(descriptors()).isLessThanOrEqualTo(before + 8);
            });
            assertThat(proxy.metric("offramp_connections_active")).isZero();
            assertThat(proxy.metric("offramp_tls_sessions")).isZero();
            assertThat(proxy.metric("device_contexts")).isZero();
            assertThat(proxy.metric("device_deks")).isZero();
            assertThat(proxy.metric("device_steering_rules")).isZero();
            serve(proxy, 1);
        }
    }

    /** Like a port scan, 100 at a time. */
    private static void connectOnly(RunningProxy proxy, int connections) throws IOException {
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            open.add(connect(proxy));
            if (open.size() == 100 || i == connections - 1) {
                for (Socket socket : open) {
                    socket.setSoLinger(i % 200 < 100, 0);
                    socket.close();
                }
                open.clear();
            }
        }
    }

    private static void serve(RunningProxy proxy, int connections) throws Exception {
        String expected = proxy.upstreamHash("/bytes/1000");
        for (int i = 0; i < connections; i++) {
            try (SSLSocket socket = Clients.connect(proxy.address(), VERSION, SUITE)) {
                assertThat(Clients.getHash(socket, "/bytes/1000")).isEqualTo(expected);
            }
        }
    }

    private static Socket connect(RunningProxy proxy) throws IOException {
        Socket socket = new Socket(proxy.address().getAddress(), proxy.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static int descriptors() {
        return new File("/proc/self/fd").list().length;
    }
}
