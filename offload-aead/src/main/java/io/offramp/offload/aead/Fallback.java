package io.offramp.offload.aead;

import io.offramp.offload.Availability;
import io.offramp.offload.key.AeadSuite;

/** An engine that serves in the place of libcrypto, and says why in its name: a silent fallback would be a bug. */
record Fallback(AeadEngine engine, String cause) implements AeadEngine {
    @Override
    public String name() {
        return engine.name() + " (libcrypto unavailable: " + cause + ")";
    }

    @Override
    public Availability availability() {
        return engine.availability();
    }

    @Override
    public boolean supports(AeadSuite suite) {
        return engine.supports(suite);
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        return engine.sealer(suite, key);
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        return engine.opener(suite, key);
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        return engine.sealStream(suite, key);
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        return engine.openStream(suite, key);
    }
}
