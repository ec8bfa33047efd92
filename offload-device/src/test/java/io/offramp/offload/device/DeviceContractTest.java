package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.tck.RecordOffloadContract;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

class DeviceContractTest extends RecordOffloadContract {
    @SuppressWarnings("NullAway.Init") // set by open()
    private Device device;

    @Override
    protected RecordOffload open() {
        device = new DeviceProvider().open(Map.of());
        return device;
    }

    @AfterEach
    void shouldNotHaveFailedInHardware() {
        assertThat(device.resources().counters().txErrors.sum()).isZero();
        assertThat(device.resources().counters().txDegraded.sum()).isZero();
    }
}
