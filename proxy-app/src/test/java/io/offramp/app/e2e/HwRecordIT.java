package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.offramp.offload.RecordMode;
import io.offramp.offload.device.Device;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.connection.Connection;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that the device owns, and the part of them that the host sees. */
class HwRecordIT {
    private static final String VERSION = "TLSv1.3";
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";

    private final WatchedDevice device = new WatchedDevice();

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_128_GCM_SHA256",
        "TLSv1.3, TLS_CHACHA20_POLY1305_SHA256",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    })
    void shouldKeepKeysOnDeviceThreadsAndTlsOffTheHostsPipeline(String version, String suite) throws Exception {
        try (RunningProxy proxy = watched(Map.of("toe-threads", "2"));
                SSLSocket socket = Clients.connect(proxy.address(), version, suite)) {
            assertThat(Clients.getHash(socket, "/bytes/1000")).isEqualTo(proxy.upstreamHash("/bytes/1000"));

            assertThat(device.keyThreads()).isNotEmpty().allMatch(name -> name.matches("offramp-device-\\d+"));
            assertThat(device.presented()).hasSize(1);
            Channel plaintext = device.presented().getFirst();
            assertThat(plaintext.pipeline().names()).noneMatch(name -> name.startsWith("Tls"));
            assertThat(hostThread(plaintext)).startsWith("offramp-loop-");
            assertThat(plaintext.attr(Connection.KEY).get())
                    .isSameAs(proxy.connections().getFirst());
        }
    }

    private static String hostThread(Channel channel) throws Exception {
        return channel.eventLoop()
                .submit(() -> Thread.currentThread().getName())
                .get();
    }

    @Test
    void shouldTellWhoOwnsAConnection() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.HW_RECORD, OffloadMode.HW_RECORD);
                SSLSocket socket = Clients.connect(proxy.address(), VERSION, SUITE)) {
            assertThat(proxy.server().listeners().getFirst().plan().describeTx())
                    .isEqualTo("hw-record (device)");
            Clients.getHash(socket, "/bytes/1000");

            Connection connection = proxy.connections().getFirst();
            assertThat(connection.tx().session().detail()).matches("toe tis=\\d+ dek=\\d+.*");
            assertThat(connection.rx().session().detail()).matches("toe tir=\\d+ dek=\\d+.*");
            assertThat(connection.tx().why()).isEqualTo("configured");
            assertThat(proxy.admin("/connections")).contains("hw-record");
            await().untilAsserted(() -> assertThat(proxy.accessLines()).hasSize(1));
            assertThat(proxy.accessLines().getFirst()).contains("txconf=hw-record rxconf=hw-record");
            assertThat(proxy.metric("offramp_tls_sessions", "mode=\"hw-record\"", "backend=\"device\""))
                    .isEqualTo(2);
            assertThat(proxy.metric("device_cpu_seconds")).isPositive();
        }
    }

    @Test
    void shouldSayWhenTheFirmwareDoesWhatTheEngineDoesNot() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.HW_RECORD, OffloadMode.HW_RECORD);
                SSLSocket socket = Clients.connect(proxy.address(), VERSION, "TLS_CHACHA20_POLY1305_SHA256")) {
            Clients.getHash(socket, "/bytes/1000");

            Connection connection = proxy.connections().getFirst();
            assertThat(connection.tx().session().mode()).isEqualTo(RecordMode.HW_RECORD);
            assertThat(connection.tx().session().detail()).startsWith("toe firmware, ");
            assertThat(connection.tx().why()).isEqualTo("device declined: device has no chacha20-poly1305");
            assertThat(proxy.metric("offramp_tls_declines_total", "reason=\"suite\""))
                    .isEqualTo(2);
        }
    }

    @Test
    void shouldGoOnInFirmwareWhenTheEngineIsLost() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.HW_RECORD, OffloadMode.HW_RECORD);
                SSLSocket socket = Clients.connect(proxy.address(), VERSION, SUITE)) {
            Clients.getHash(socket, "/bytes/1000");

            proxy.server().backends().forEach(backend -> {
                if (backend instanceof Device lost) {
                    lost.down();
                }
            });

            Connection connection = proxy.connections().getFirst();
            await().untilAsserted(() -> {
                assertThat(connection.tx().why()).startsWith("device degraded: ");
                assertThat(connection.rx().why()).startsWith("device degraded: ");
            });
            assertThat(connection.tx().conf()).isEqualTo("hw-record");
            assertThat(connection.rx().session().detail()).startsWith("toe firmware, ");
            assertThat(proxy.metric("offramp_tls_moves_total", "reason=\"degraded\""))
                    .isEqualTo(2);
            assertThat(Clients.getHash(socket, "/bytes/1000000")).isEqualTo(proxy.upstreamHash("/bytes/1000000"));
        }
    }

    private RunningProxy watched(Map<String, String> settings) throws Exception {
        return new RunningProxy(Mode.HTTP, OffloadMode.HW_RECORD, OffloadMode.HW_RECORD, settings, device::watch);
    }
}
