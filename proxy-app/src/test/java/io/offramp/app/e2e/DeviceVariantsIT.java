package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.CommandRun;
import io.offramp.offload.RecordMode;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.connection.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A device with threads of its own, on a wire with faults, with little room: no client notices. */
class DeviceVariantsIT {
    private static final int BYTES = 20 << 20;
    private static final String FAULTS =
            "seed=3 loss=1% reorder=1% duplicate=0.1% corrupt=0.1% retransmit=1% ack-lag=10%";

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256",
        "TLSv1.3, TLS_AES_256_GCM_SHA384",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    })
    void shouldCarryEveryByteOverAWireWithFaults(String version, String suite) throws Exception {
        try (RunningProxy proxy = start(Map.of("faults", FAULTS));
                SSLSocket socket = Clients.connect(proxy.address(), version, suite)) {
            carry(proxy, socket);

            expectHardware(proxy);
            assertThat(proxy.metric("tx_tls_ooo")).as("sends out of order").isPositive();
            assertThat(proxy.metric("tx_tls_dump_bytes"))
                    .as("bytes fed to the device again")
                    .isPositive();
            assertThat(proxy.metric("rx_tls_resync_res_ok"))
                    .as("positions given back")
                    .isPositive();
            assertThat(proxy.metric("rx_tls_decrypted_bytes"))
                    .as("of %d", BYTES)
                    .isGreaterThan(BYTES / 2.0);
            assertThat(proxy.admin("/device/stats"))
                    .startsWith("NIC statistics:\n     tx_tls_ctx: 1\n")
                    .containsPattern("\n     rx_tls_resync_res_ok: [1-9]");
            assertThat(proxy.admin("/tls_stat")).containsPattern("TlsRxDeviceResync +\t[1-9]");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"TLSv1.3, TLS_AES_128_GCM_SHA256", "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"})
    void shouldCarryEveryByteOnEngineThreads(String version, String suite) throws Exception {
        try (RunningProxy proxy = start(Map.of("engines", "2"));
                SSLSocket socket = Clients.connect(proxy.address(), version, suite)) {
            carry(proxy, socket);

            expectHardware(proxy);
            assertThat(proxy.metric("device_cpu_seconds"))
                    .as("the device's own work")
                    .isPositive();
            assertThat(proxy.metric("tx_tls_encrypted_bytes")).isGreaterThan(BYTES / 2.0);
            // Bytes that arrive while the device is behind bypass it.
            assertThat(proxy.metric("rx_tls_decrypted_bytes")).isPositive();
            assertThat(proxy.metric("tx_cqe_err")).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void shouldChangeItsSettingsByCommandUnderAnOpenConnection(String engines) throws Exception {
        try (RunningProxy proxy = start(Map.of("engines", engines, "rqs", "16"));
                SSLSocket open = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            String admin = "127.0.0.1:" + proxy.adminPort();
            carry(proxy, open);

            CommandRun set = CommandRun.of("device", "set", "rqs=1", "tls-hw-rx-offload=off", "--admin", admin);

            assertThat(set.out())
                    .isEqualTo("rqs: 16 -> 1, for each event loop, open connections too\n"
                            + "tls-hw-rx-offload: on -> off, for new connections\n");
            assertThat(CommandRun.of("device", "set", "--admin", admin).out())
                    .isEqualTo("tls-hw-tx-offload: on\ntls-hw-rx-offload: off\nrqs: 1\nlro: off\n");
            carry(proxy, open);
            expectHardware(proxy);
            try (SSLSocket late = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
                Clients.getHash(late, "/bytes/1000");
                assertThat(proxy.connections().getLast().rx().why())
                        .isEqualTo("device declined: tls-hw-rx-offload is off");
            }
            assertThat(CommandRun.of("device", "set", "rqs=65", "--admin", admin))
                    .returns(1, CommandRun::exitCode)
                    .returns("offramp: " + admin + " refuses: rqs: must be 1 to 64, is 65\n", CommandRun::err);
        }
    }

    @Test
    void shouldGoOnInSoftwareWhenTheDeviceGoesDownBetweenTwoPackets() throws Exception {
        try (RunningProxy proxy = start(Map.of("faults", FAULTS + " down-after=2000"));
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            carry(proxy, socket);

            Connection connection = proxy.connections().getFirst();
            assertThat(connection.tx().session().mode()).isEqualTo(RecordMode.SW);
            assertThat(connection.rx().session().mode()).isEqualTo(RecordMode.SW);
            assertThat(connection.tx().why()).contains("device is down");
            assertThat(connection.rx().why()).contains("device is down");
        }
    }

    /**
     * A thousand sessions at once, and the device has room for every second direction; a closed session returns its
     * room.
     */
    @Test
    void shouldServeMoreConnectionsThanTheDeviceHasRoomFor() throws Exception {
        int clients = 1_000;
        try (RunningProxy proxy = start(Map.of("contexts", "" + clients))) {
            String hash = proxy.upstreamHash("/bytes/30000");
            List<SSLSocket> sockets = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                sockets.add(Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256"));
                assertThat(Clients.getHash(sockets.get(i), "/bytes/30000"))
                        .as("client %d", i)
                        .isEqualTo(hash);
            }
            assertThat(proxy.metric("device_contexts")).isEqualTo(clients);
            assertThat(proxy.metric("offramp_tls_declines_total", "reason=\"capacity\""))
                    .isEqualTo(clients);
            assertThat(proxy.connections())
                    .filteredOn(connection -> connection.tx().session().mode() == RecordMode.SW)
                    .hasSizeBetween(clients / 3, 2 * clients / 3)
                    .allSatisfy(connection ->
                            assertThat(connection.tx().why()).startsWith("device declined: device has no"));
            for (SSLSocket socket : sockets) {
                assertThat(Clients.getHash(socket, "/bytes/30000")).isEqualTo(hash);
                socket.close();
            }
            await().until(() -> proxy.metric("device_contexts") == 0);
            assertThat(proxy.metric("device_deks")).isZero();
            assertThat(proxy.metric("device_steering_rules")).isZero();
        }
    }

    @Test
    void shouldOffloadTls12AloneAsReleasedKernelsDo() throws Exception {
        try (RunningProxy proxy = start(Map.of("profile", "linux-6.18", "tls-hw-rx-offload", "on"));
                SSLSocket old = Clients.connect(proxy.address(), "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
                SSLSocket current = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            Clients.getHash(old, "/bytes/1000");
            Clients.getHash(current, "/bytes/1000");

            for (Connection connection : proxy.connections()) {
                boolean isOld = "1.2".equals(connection.tls().version().label());
                assertThat(connection.tx().session().mode()).isEqualTo(isOld ? RecordMode.HW : RecordMode.SW);
                assertThat(connection.rx().why())
                        .isEqualTo(
                                isOld
                                        ? "configured"
                                        : "device declined: device has no TLS 1.3 with aes-gcm-128 (linux-6.18)");
            }
        }
    }

    private static RunningProxy start(Map<String, String> device) throws Exception {
        return new RunningProxy(Mode.HTTP, OffloadMode.HW, OffloadMode.HW, device);
    }

    private static void carry(RunningProxy proxy, SSLSocket socket) throws Exception {
        String down = Clients.getHash(socket, "/bytes/" + BYTES);
        String up = Clients.post(socket, "/sha256", BYTES, 5);

        assertThat(down).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
        assertThat(up).startsWith(Clients.postHash(BYTES, 5));
    }

    private static void expectHardware(RunningProxy proxy) {
        Connection connection = proxy.connections().getFirst();
        assertThat(connection.tx().session().mode()).isEqualTo(RecordMode.HW);
        assertThat(connection.rx().session().mode()).isEqualTo(RecordMode.HW);
        assertThat(connection.tx().moves()).isZero();
        assertThat(connection.rx().moves()).isZero();
    }
}
