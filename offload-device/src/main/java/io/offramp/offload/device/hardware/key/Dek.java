package io.offramp.offload.device.hardware.key;

import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One data encryption key object of the device. Written by commands, never read. Holds the key and no state of a
 * cipher: each context that refers to it makes ciphers of its own ({@link KeyUse}), so any number of them may, on any
 * engine.
 */
public final class Dek {
    private final AeadEngine engine;
    private byte @Nullable [] key;
    private @Nullable AeadSuite suite;
    private long clearedAt = DekTable.NEVER;
    // One more with every key that is written or wiped: odd while there is one.
    private volatile int generation;

    Dek(AeadEngine engine) {
        this.engine = engine;
    }

    /** False if a key that was here may still be in the device's caches, or one is here. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by commands only, one at a time
    boolean load(AeadSuite newSuite, byte[] newKey, long syncs) {
        if (isLoaded() || clearedAt >= syncs) {
            return false;
        }
        suite = newSuite;
        key = newKey.clone();
        generation++;
        return true;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written by commands only, one at a time
    void clear(long syncs) {
        byte[] wiped = key;
        if (wiped == null) {
            return;
        }
        generation++;
        Arrays.fill(wiped, (byte) 0);
        key = null;
        suite = null;
        clearedAt = syncs;
    }

    /** It is another object from here on, which no engine knows. It holds no key. */
    void renew() {
        clearedAt = DekTable.NEVER;
    }

    /** True while it holds a key. */
    public boolean isLoaded() {
        return (generation & 1) == 1;
    }

    /** Which of the keys that were ever here it is. */
    int generation() {
        return generation;
    }

    @Nullable
    Sealer sealer() {
        return key == null || suite == null ? null : engine.sealer(suite, key);
    }

    @Nullable
    Opener opener() {
        return key == null || suite == null ? null : engine.opener(suite, key);
    }

    @Nullable
    SealStream sealStream() {
        return key == null || suite == null ? null : engine.sealStream(suite, key);
    }

    @Nullable
    OpenStream openStream() {
        return key == null || suite == null ? null : engine.openStream(suite, key);
    }
}
