package io.offramp.offload.aead;

import io.offramp.offload.aead.jca.JcaEngine;

class JcaEngineTest extends AeadEngineContract {
    private static final AeadEngine ENGINE = new JcaEngine();

    @Override
    AeadEngine engine() {
        return ENGINE;
    }
}
