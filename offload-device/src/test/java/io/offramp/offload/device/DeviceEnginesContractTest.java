package io.offramp.offload.device;

import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.AeadEngines;
import io.offramp.offload.tck.RecordOffloadContract;
import java.util.Map;

/** The contract with engines on threads of the device's own: completions come later, from elsewhere. */
class DeviceEnginesContractTest extends RecordOffloadContract {
    private Device device;

    @Override
    protected RecordOffload open() {
        // The loops of the tests are embedded, and no other thread may hand them a task: they are polled instead.
        device = new Device(DeviceSettings.parse(Map.of("engines", "2")), AeadEngines.best(), (loop, task) -> {});
        return device;
    }

    @Override
    protected void settle(EmbeddedChannel channel) {
        device.driver().settle();
        channel.runPendingTasks();
    }
}
