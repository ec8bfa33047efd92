package io.offramp.offload.device;

import io.offramp.offload.FiveTuple;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.tck.RecordOffloadContract;
import io.offramp.offload.tck.SessionFixtures;
import java.util.Map;

/** Another engine, and addresses of the other family: neither makes a difference. */
class DeviceOnJcaContractTest extends RecordOffloadContract {
    @Override
    protected RecordOffload open() {
        return new Device(DeviceSettings.parse(Map.of()), new JcaEngine());
    }

    @Override
    protected FiveTuple flow(int port) {
        return SessionFixtures.ipv6(port);
    }
}
