package io.offramp.offload.aead;

import io.offramp.offload.aead.libcrypto.LibcryptoEngine;

class LibcryptoEngineTest extends AeadEngineContract {
    private static final AeadEngine ENGINE = new LibcryptoEngine();

    @Override
    AeadEngine engine() {
        return ENGINE;
    }
}
