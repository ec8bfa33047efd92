package io.offramp.offload.aead;

import io.offramp.offload.aead.libcrypto.LibcryptoEngine;

class LibcryptoStreamTest extends NativeStreamContract {
    private static final AeadEngine ENGINE = new LibcryptoEngine();

    @Override
    AeadEngine engine() {
        return ENGINE;
    }
}
