package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.tck.RecordOffloadContract;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestInfo;

/**
 * The contract with engines on threads of the device's own: completions come later, from elsewhere. Software would pass
 * it, too, so what the host does of the cipher's work is counted.
 */
class DeviceEnginesContractTest extends RecordOffloadContract {
    /**
     * Where the host has something to do: it confirms forgeries, opens what comes with a change of keys before the
     * device has the new ones, and takes partial records along.
     */
    private static final Pattern HOSTS_WORK = Pattern.compile(
            "FlippedBit|Forged|StayDead|WrongPlace|ComesTwice|Rekey|Keys|KeyUpdates|BytesOfAPartialRecordAlong"
                    + "|Rfc8448");

    private static final int LEAST_TESTS_OF_DEVICE = 250;

    private final CountingEngine engine = new CountingEngine(AeadEngines.best());

    @SuppressWarnings("NullAway.Init") // set by open()
    private Device device;

    private int testsOfDevice;
    private long onDevice;
    private long onHost;

    @Override
    protected RecordOffload open() {
        // The loops of the tests are embedded, and no other thread may hand them a task: they are polled instead.
        device = new Device(DeviceSettings.parse(Map.of("engines", "2")), engine, (loop, task) -> {});
        return new SettlingOffload(device);
    }

    @Override
    protected void settle(EmbeddedChannel channel) {
        device.driver().settle();
        channel.runPendingTasks();
    }

    @AfterEach
    void shouldHaveDoneTheWorkOnTheDevice(TestInfo test) {
        long records = engine.onDevice() - onDevice;
        long recordsOfHost = engine.onHost() - onHost;
        onDevice += records;
        onHost += recordsOfHost;
        testsOfDevice += records > 0 ? 1 : 0;
        if (!HOSTS_WORK.matcher(test.getTestMethod().orElseThrow().getName()).find()) {
            assertThat(recordsOfHost)
                    .as("records that the host has made or opened")
                    .isZero();
        }
        assertThat(device.resources().counters().txErrors.sum())
                .as("failed WQEs")
                .isZero();
        assertThat(device.resources().counters().txDegraded.sum()).isZero();
        assertThat(device.resources().counters().rxDegraded.sum()).isZero();
    }

    @AfterAll
    void shouldHaveUsedTheDeviceInMostTests() {
        assertThat(testsOfDevice).isGreaterThan(LEAST_TESTS_OF_DEVICE);
    }
}
