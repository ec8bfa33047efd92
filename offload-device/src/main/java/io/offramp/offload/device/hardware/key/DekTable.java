package io.offramp.offload.device.hardware.key;

import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.key.AeadSuite;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * All DEK objects, by their 24-bit index. Objects are made in bulk, then loaded and cleared one by one; an object that
 * was cleared takes a new key only after a {@link #sync()}, since the engines may have the old one cached. Commands
 * come from any thread; a key is loaded and cleared while nothing that is posted refers to it.
 */
public final class DekTable {
    /** Result of {@link #createBulk} when there is no room. */
    public static final int NONE = -1;

    static final long NEVER = -1;

    private final AeadEngine engine;
    private final Firmware firmware;
    private final AtomicReferenceArray<@Nullable Dek> deks;
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicLong syncs = new AtomicLong();
    private final AtomicInteger loaded = new AtomicInteger();

    /**
     * @param capacity how many objects there are
     * @param engine does the arithmetic
     */
    public DekTable(int capacity, AeadEngine engine, Firmware firmware) {
        this.engine = engine;
        this.firmware = firmware;
        deks = new AtomicReferenceArray<>(capacity);
    }

    /** How many objects there are. */
    public int capacity() {
        return deks.length();
    }

    /** How many hold a key now. */
    public int loaded() {
        return loaded.get();
    }

    /** Command: makes {@code keys} empty objects with consecutive indices and gives the first, or {@link #NONE}. */
    public int createBulk(int keys) {
        int first;
        do {
            first = created.get();
            if (first + keys > deks.length()) {
                return NONE;
            }
        } while (!created.compareAndSet(first, first + keys));
        for (int i = first; i < first + keys; i++) {
            deks.set(i, new Dek(engine));
        }
        return first;
    }

    /**
     * Command: writes a key into an object.
     *
     * @param key copied; still the caller's to wipe
     * @return false if the object does not exist, holds a key, or was cleared after the last sync
     */
    public boolean load(int index, AeadSuite suite, byte[] key) {
        Dek dek = get(index);
        if (dek == null || !dek.load(suite, key, syncs.get())) {
            return false;
        }
        loaded.incrementAndGet();
        firmware.onKeyLoaded();
        return true;
    }

    /** Command: wipes the key of an object. */
    public void clear(int index) {
        Dek dek = get(index);
        if (dek != null && dek.isLoaded()) {
            dek.clear(syncs.get());
            loaded.decrementAndGet();
            firmware.onKeyCleared();
        }
    }

    /** Command: destroys an object with its key. Another one of this index is there at once, and needs no sync. */
    public void destroy(int index) {
        clear(index);
        Dek dek = get(index);
        if (dek != null) {
            dek.renew();
        }
    }

    /** Command SYNC_CRYPTO: no engine has a key any longer that was cleared before. */
    public void sync() {
        syncs.incrementAndGet();
        firmware.onSync();
    }

    /** The object that a context refers to, or null. */
    public @Nullable Dek get(int index) {
        return index >= 0 && index < deks.length() ? deks.get(index) : null;
    }

    /** Wipes all. */
    public void close() {
        for (int i = 0; i < created.get(); i++) {
            clear(i);
        }
    }
}
