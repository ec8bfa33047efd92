package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.FiveTuple;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.tck.RecordOffloadContract;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** The contract as the client of a connection, such as one to a server with TLS: install, rekey, export. */
class DeviceClientRoleContractTest extends RecordOffloadContract {
    @SuppressWarnings("NullAway.Init") // set by open()
    private Device device;

    @Override
    protected RecordOffload open() {
        device = new DeviceProvider().open(Map.of());
        return device;
    }

    @Override
    protected FiveTuple flow(int port) {
        return SessionFixtures.client(port);
    }

    @AfterEach
    void shouldNotHaveFailedInHardware() {
        assertThat(device.resources().counters().txErrors.sum()).isZero();
        assertThat(device.resources().counters().txDegraded.sum()).isZero();
    }
}
