package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.thread.DeviceCpu;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.Counters;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.SessionFixtures;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A device on a {@link LedgerEngine} with a connection to it. At the end nothing is left on the device, and no nonce
 * was used twice.
 */
final class DeviceFixture implements AutoCloseable {
    static final Protection TLS_1_3 = new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM);
    static final Protection TLS_1_2 = new Protection(ProtocolVersion.TLS_1_2, AeadSuite.AES_256_GCM);

    private final LedgerEngine engine = new LedgerEngine();
    private final Device device;
    private final SessionFixtures sessions;

    /** @param settings name, value, name, value … */
    DeviceFixture(String... settings) {
        this(System::nanoTime, settings);
    }

    /** @param clock ns, monotonic: what the device's rates are measured with */
    DeviceFixture(LongSupplier clock, String... settings) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        device =
                new Device(DeviceSettings.parse(map), engine, null, clock, new DeviceCpu(), (parsed, cpu) -> List.of());
        sessions = new SessionFixtures(device, 45_678, channel -> channel.runPendingTasks());
    }

    Device device() {
        return device;
    }

    LedgerEngine engine() {
        return engine;
    }

    SessionFixtures sessions() {
        return sessions;
    }

    long counter(String name) {
        return Counters.value(device.counters(), name);
    }

    @Override
    public void close() {
        sessions.close();
        assertThat(device.resources().tises().inUse()).as("TIS in use").isZero();
        assertThat(device.resources().deks().inUse()).as("DEK in use").isZero();
        assertThat(device.nic().deks().loaded()).as("keys on the device").isZero();
        assertThat(device.nic().tirs().inUse()).as("TIR in use").isZero();
        assertThat(counter("device_contexts")).isZero();
        assertThat(device.nic().steering().used()).as("steering rules").isZero();
        assertThat(counter("tx_tls_ctx")).isEqualTo(counter("tx_tls_del"));
        assertThat(counter("rx_tls_ctx")).isEqualTo(counter("rx_tls_del"));
        assertThat(counter("tls_curr_tx_device") + counter("tls_curr_rx_device"))
                .isZero();
        device.close();
        assertThat(engine.openKeys()).as("keys set up").isZero();
        assertThat(engine.reused()).as("nonces used for two plaintexts").isEmpty();
    }
}
