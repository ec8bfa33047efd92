package io.offramp.offload.aead;

import io.offramp.offload.aead.ipsecmb.IpsecMbEngine;

class IpsecMbStreamTest extends NativeStreamContract {
    private static final AeadEngine ENGINE = new IpsecMbEngine();

    @Override
    AeadEngine engine() {
        return ENGINE;
    }
}
