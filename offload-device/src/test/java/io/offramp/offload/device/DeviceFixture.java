package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.device.thread.DeviceCpu;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.Counters;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.SessionFixtures;
import java.util.List;
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
        DeviceSettings parsed = DeviceState.settings(settings);
        device = new Device(parsed, engine, null, clock, new DeviceCpu(), (known, cpu) -> List.of());
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
        DeviceState.expectNothingHeld(device);
        assertThat(device.nic().deks().loaded()).as("keys on the device").isZero();
        assertThat(counter("device_contexts")).isZero();
        assertThat(counter("tx_tls_ctx")).isEqualTo(counter("tx_tls_del"));
        assertThat(counter("rx_tls_ctx")).isEqualTo(counter("rx_tls_del"));
        assertThat(counter("tls_curr_tx_device") + counter("tls_curr_rx_device"))
                .isZero();
        device.close();
        engine.expectClean();
    }
}
