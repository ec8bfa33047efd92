package io.offramp.offload.aead;

import io.offramp.offload.aead.jca.JcaEngine;

class JcaStreamTest extends AeadStreamContract {
    private static final AeadEngine ENGINE = new JcaEngine();

    @Override
    AeadEngine engine() {
        return ENGINE;
    }
}
