package io.offramp.offload.aead.jca;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;

/**
 * SunJCE, which is part of every JDK. Named and not looked up by preference, because an application may have put a
 * slower provider first.
 */
public final class JcaEngine implements AeadEngine {
    static final String PROVIDER = "SunJCE";

    @Override
    public String name() {
        return "jca " + PROVIDER;
    }

    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public boolean supports(AeadSuite suite) {
        return true;
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        return new JcaSealer(suite, key);
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        return new JcaOpener(suite, key);
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        return new JcaSealStream(suite, key);
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        return new JcaOpenStream(suite, key);
    }
}
