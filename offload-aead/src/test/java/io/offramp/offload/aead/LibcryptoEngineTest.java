package io.offramp.offload.aead;

import io.offramp.offload.aead.libcrypto.LibcryptoEngine;

class LibcryptoEngineTest extends NativeEngineContract {
    private static final AeadEngine ENGINE = new LibcryptoEngine();

    @Override
    AeadEngine engine() {
        return ENGINE;
    }
}
