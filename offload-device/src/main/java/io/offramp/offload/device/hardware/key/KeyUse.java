package io.offramp.offload.device.hardware.key;

import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import org.jspecify.annotations.Nullable;

/**
 * The use that one context makes of a key: ciphers of its own, with the state of a record that is not whole. Ends with
 * the key: one that is written to the same object later is another one. Confined to the context's queue set.
 */
public final class KeyUse {
    private final Dek dek;
    private final int generation;
    private @Nullable Sealer sealer;
    private @Nullable Opener opener;
    private @Nullable SealStream sealStream;
    private @Nullable OpenStream openStream;

    /** @param dek holds a key */
    public KeyUse(Dek dek) {
        this.dek = dek;
        generation = dek.generation();
    }

    /** True where this is the key that the object holds now. */
    public boolean isOf(@Nullable Dek other) {
        return dek == other && isCurrent();
    }

    /** True while the key is on the device. */
    public boolean isCurrent() {
        return dek.generation() == generation;
    }

    /** Seals whole records, or null once the key is gone. The key schedule is computed at the first use. */
    public @Nullable Sealer sealer() {
        if (!isCurrent()) {
            return null;
        }
        if (sealer == null) {
            sealer = dek.sealer();
        }
        return sealer;
    }

    /** Opens whole records, or null once the key is gone. */
    public @Nullable Opener opener() {
        if (!isCurrent()) {
            return null;
        }
        if (opener == null) {
            opener = dek.opener();
        }
        return opener;
    }

    /** Seals a record piece by piece, or null once the key is gone. */
    public @Nullable SealStream sealStream() {
        if (!isCurrent()) {
            return null;
        }
        if (sealStream == null) {
            sealStream = dek.sealStream();
        }
        return sealStream;
    }

    /** Opens a record piece by piece, or null once the key is gone. */
    public @Nullable OpenStream openStream() {
        if (!isCurrent()) {
            return null;
        }
        if (openStream == null) {
            openStream = dek.openStream();
        }
        return openStream;
    }

    /** Forgets the key. */
    public void close() {
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
}
