package io.offramp.offload.sw;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.tck.RecordOffloadContract;
import java.util.Map;

class SwOffloadContractTest extends RecordOffloadContract {
    @Override
    protected RecordOffload open() {
        return new SwProvider().open(Map.of());
    }
}
