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
 * One data encryption key object of the device. Written by commands, used by the engines of the one queue set whose
 * contexts refer to it, never read.
 */
public final class Dek {
    private final AeadEngine engine;
    private byte @Nullable [] key;
    private @Nullable AeadSuite suite;
    private @Nullable Sealer sealer;
    private @Nullable Opener opener;
    private @Nullable SealStream sealStream;
    private @Nullable OpenStream openStream;
    private long clearedAt = DekTable.NEVER;

    Dek(AeadEngine engine) {
        this.engine = engine;
    }

    /** False if a key that was here may still be in the device's caches, or one is here. */
    boolean load(AeadSuite newSuite, byte[] newKey, long syncs) {
        if (key != null || clearedAt >= syncs) {
            return false;
        }
        suite = newSuite;
        key = newKey.clone();
        return true;
    }

    void clear(long syncs) {
        if (key == null) {
            return;
        }
        Arrays.fill(key, (byte) 0);
        key = null;
        suite = null;
        clearedAt = syncs;
        if (sealer != null) {
            sealer.close();
            sealer = null;
        }
        if (opener != null) {
            opener.close();
            opener = null;
        }
        if (sealStream != null) {
            sealStream.close();
            sealStream = null;
        }
        if (openStream != null) {
            openStream.close();
            openStream = null;
        }
    }

    /** True while it holds a key. */
    public boolean isLoaded() {
        return key != null;
    }

    /** Seals under this key, or null if there is none. The key schedule is computed at the first use. */
    public @Nullable Sealer sealer() {
        if (sealer == null && key != null && suite != null) {
            sealer = engine.sealer(suite, key);
        }
        return sealer;
    }

    /** Opens under this key, or null if there is none. The key schedule is computed at the first use. */
    public @Nullable Opener opener() {
        if (opener == null && key != null && suite != null) {
            opener = engine.opener(suite, key);
        }
        return opener;
    }

    /** Seals under this key piece by piece, for the one context that uses it, or null if there is none. */
    public @Nullable SealStream sealStream() {
        if (sealStream == null && key != null && suite != null) {
            sealStream = engine.sealStream(suite, key);
        }
        return sealStream;
    }

    /** Opens under this key piece by piece, for the one context that uses it, or null if there is none. */
    public @Nullable OpenStream openStream() {
        if (openStream == null && key != null && suite != null) {
            openStream = engine.openStream(suite, key);
        }
        return openStream;
    }
}
