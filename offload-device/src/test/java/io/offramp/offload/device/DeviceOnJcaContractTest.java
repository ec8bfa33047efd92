package io.offramp.offload.device;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.tck.RecordOffloadContract;
import java.util.Map;

class DeviceOnJcaContractTest extends RecordOffloadContract {
    @Override
    protected RecordOffload open() {
        return new Device(DeviceSettings.parse(Map.of()), new JcaEngine());
    }
}
