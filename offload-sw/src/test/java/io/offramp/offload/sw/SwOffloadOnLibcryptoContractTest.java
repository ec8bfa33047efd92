package io.offramp.offload.sw;

import io.offramp.offload.RecordOffload;
import io.offramp.offload.aead.libcrypto.LibcryptoEngine;
import io.offramp.offload.tck.RecordOffloadContract;

class SwOffloadOnLibcryptoContractTest extends RecordOffloadContract {
    @Override
    protected RecordOffload open() {
        return new SwOffload(new LibcryptoEngine());
    }
}
