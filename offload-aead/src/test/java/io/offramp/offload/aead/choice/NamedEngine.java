package io.offramp.offload.aead.choice;

import io.offramp.offload.Availability;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;

/** Another engine under a name of its own. */
class NamedEngine implements AeadEngine {
    private final String name;
    private final Availability availability;
    private final AeadEngine real;

    NamedEngine(String name, Availability availability, AeadEngine real) {
        this.name = name;
        this.availability = availability;
        this.real = real;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Availability availability() {
        return availability;
    }

    @Override
    public boolean supports(AeadSuite suite) {
        return real.supports(suite);
    }

    @Override
    public Sealer sealer(AeadSuite suite, byte[] key) {
        return real.sealer(suite, key);
    }

    @Override
    public Opener opener(AeadSuite suite, byte[] key) {
        return real.opener(suite, key);
    }

    @Override
    public SealStream sealStream(AeadSuite suite, byte[] key) {
        return real.sealStream(suite, key);
    }

    @Override
    public OpenStream openStream(AeadSuite suite, byte[] key) {
        return real.openStream(suite, key);
    }
}
