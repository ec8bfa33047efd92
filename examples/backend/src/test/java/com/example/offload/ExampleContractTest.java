package com.example.offload;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.tck.RecordOffloadContract;
import java.util.Map;

/** The contract that every backend passes. */
class ExampleContractTest extends RecordOffloadContract {
    @Override
    protected RecordOffload open() {
        return new ExampleProvider().open(Map.of());
    }
}
