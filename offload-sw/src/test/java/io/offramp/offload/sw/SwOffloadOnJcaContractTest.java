package io.offramp.offload.sw;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.jca.JcaEngine;
import io.offramp.offload.tck.RecordOffloadContract;

class SwOffloadOnJcaContractTest extends RecordOffloadContract {
    @Override
    protected RecordOffload open() {
        return new SwOffload(new JcaEngine());
    }
}
