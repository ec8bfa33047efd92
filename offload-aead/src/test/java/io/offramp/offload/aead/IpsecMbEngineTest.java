package io.offramp.offload.aead;

import io.offramp.offload.aead.ipsecmb.IpsecMbEngine;

class IpsecMbEngineTest extends NativeEngineContract {
    private static final AeadEngine ENGINE = new IpsecMbEngine();

    @Override
    AeadEngine engine() {
        return ENGINE;
    }
}
