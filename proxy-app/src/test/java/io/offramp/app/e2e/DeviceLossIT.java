package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.offload.RecordMode;
import io.offramp.offload.device.Device;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.connection.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that is down, full or lost: all clients are served, and each fallback is reported. */
class DeviceLossIT {
    private static final String VERSION = "TLSv1.3";
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";
    private static final String DECLINES = "offramp_tls_declines_total";
    private static final int LOAD_BYTES = 20_000_000;

    @Test
    void shouldSayWhyWhenTheDeviceIsDown() throws Exception {
        try (RunningProxy proxy = device(OffloadMode.HW, OffloadMode.HW, Map.of("state", "down"));
                SSLSocket socket = Clients.connect(proxy.address(), VERSION, SUITE)) {
            assertThat(Clients.getHash(socket, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));

            assertThat(proxy.admin("/connections")).contains("device declined: device is down");
            assertThat(proxy.metric(DECLINES, "reason=\"unavailable\"", "direction=\"tx\""))
                    .isEqualTo(1);
            assertThat(proxy.metric(DECLINES, "reason=\"unavailable\"", "direction=\"rx\""))
                    .isEqualTo(1);
            await().untilAsserted(() -> assertThat(proxy.accessLines()).hasSize(1));
            assertThat(proxy.accessLines().getFirst())
                    .contains("txconf=sw rxconf=sw")
                    .contains("txwhy=\"device declined: device is down\"");
        }
    }

    @Test
    void shouldServeInSoftwareWhoFindsNoContextFree() throws Exception {
        List<SSLSocket> sockets = new ArrayList<>();
        try (RunningProxy proxy = device(OffloadMode.HW, OffloadMode.SW, Map.of("contexts", "1"))) {
            String expected = proxy.upstreamHash("/bytes/100000");
            for (int i = 0; i < 10; i++) {
                sockets.add(Clients.connect(proxy.address(), VERSION, SUITE));
                assertThat(Clients.getHash(sockets.getLast(), "/bytes/100000")).isEqualTo(expected);
            }

            assertThat(proxy.connections())
                    .filteredOn(c -> c.tx().session().mode() == RecordMode.HW)
                    .hasSize(1);
            assertThat(proxy.metric(DECLINES)).isEqualTo(9);
            assertThat(proxy.metric(DECLINES, "reason=\"capacity\"", "direction=\"tx\""))
                    .isEqualTo(9);

            for (SSLSocket socket : sockets) {
                socket.close();
            }
            await().untilAsserted(() -> assertThat(proxy.connections()).isEmpty());
            try (SSLSocket next = Clients.connect(proxy.address(), VERSION, SUITE)) {
                assertThat(Clients.getHash(next, "/bytes/100000")).isEqualTo(expected);
                assertThat(proxy.connections().getFirst().tx().session().mode()).isEqualTo(RecordMode.HW);
            }
        }
    }

    @Test
    void shouldMoveAnIdleSessionTooWhenTheDeviceIsLost() throws Exception {
        try (RunningProxy proxy = device(OffloadMode.HW, OffloadMode.HW, Map.of());
                SSLSocket socket = Clients.connect(proxy.address(), VERSION, SUITE)) {
            Clients.getHash(socket, "/bytes/1000");

            device(proxy).down();

            Connection connection = proxy.connections().getFirst();
            await().untilAsserted(() -> {
                assertThat(connection.tx().session().mode()).isEqualTo(RecordMode.SW);
                assertThat(connection.rx().session().mode()).isEqualTo(RecordMode.SW);
            });
            assertThat(Clients.getHash(socket, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldCarryLiveSessionsOnInSoftwareWhenTheDeviceIsLost(String version) throws Exception {
        String suite = version.equals(VERSION) ? SUITE : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        List<SSLSocket> sockets = new ArrayList<>();
        try (RunningProxy proxy = device(OffloadMode.HW, OffloadMode.HW, Map.of());
                FragmentingRelay relay = FragmentingRelay.to(proxy.address(), 11);
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            String expected = proxy.upstreamHash("/bytes/" + LOAD_BYTES);
            List<Future<String>> downloads = new ArrayList<>();
            List<Future<String>> uploads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SSLSocket down = Clients.connect(relay.address(), version, suite);
                SSLSocket up = Clients.connect(relay.address(), version, suite);
                sockets.addAll(List.of(down, up));
                downloads.add(clients.submit(() -> Clients.getHash(down, "/bytes/" + LOAD_BYTES)));
                uploads.add(clients.submit(() -> Clients.post(up, "/sha256", LOAD_BYTES, 4)));
            }
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> proxy.connections().stream()
                            .allMatch(c -> c.tx().bytes() + c.rx().bytes() > LOAD_BYTES / 20));

            device(proxy).down();

            assertThat(proxy.connections()).as("under way").hasSize(6).anyMatch(DeviceLossIT::isUnderWay);
            for (Future<String> download : downloads) {
                assertThat(download.get()).isEqualTo(expected);
            }
            for (Future<String> upload : uploads) {
                assertThat(upload.get()).startsWith(Clients.postHash(LOAD_BYTES, 4));
            }
            await().untilAsserted(() -> assertThat(proxy.metric("offramp_tls_moves_total", "reason=\"degraded\""))
                    .isEqualTo(12));
            for (Connection connection : proxy.connections()) {
                assertThat(connection.tx().session().mode()).isEqualTo(RecordMode.SW);
                assertThat(connection.rx().session().mode()).isEqualTo(RecordMode.SW);
                assertThat(connection.tx().why()).startsWith("device degraded: ");
            }

            device(proxy).up();
            try (SSLSocket next = Clients.connect(proxy.address(), version, suite)) {
                assertThat(Clients.getHash(next, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));
                assertThat(proxy.connections()).anyMatch(c -> c.tx().session().mode() == RecordMode.HW);
            }
        } finally {
            for (SSLSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private static boolean isUnderWay(Connection connection) {
        return connection.tx().bytes() < LOAD_BYTES && connection.rx().bytes() < LOAD_BYTES;
    }

    private static RunningProxy device(OffloadMode tx, OffloadMode rx, Map<String, String> settings) throws Exception {
        return new RunningProxy(Mode.HTTP, tx, rx, settings);
    }

    private static Device device(RunningProxy proxy) {
        return proxy.server().backends().stream()
                .filter(Device.class::isInstance)
                .map(Device.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
