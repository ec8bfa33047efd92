package io.offramp.proxy.rate;

import io.netty.util.concurrent.Ticker;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Token buckets of many keys, in a table of one size, shared by all event loops without a lock: each bucket is one
 * number, which one compare-and-set changes.
 *
 * <p>That number is the time at which the bucket is full again (the generic cell rate algorithm, ITU-T I.371). A bucket
 * that is full is the same as none, so its place is free for another key. Keys are found by a hash under a seed of this
 * process, in a set of eight places. A key for which its set has no place shares a bucket there, always the same: the
 * table never grows, and all keys together never get more than the limit of one for each place, whatever a flood of
 * keys does. A key that shares gets less than its limit; when a place comes free, it begins with a full bucket. A place
 * that changes its key in the middle of another thread's change takes the cost of one event with it.
 */
final class BucketTable {
    /** A result of {@link #take}: there was room. */
    static final long TAKEN = 0;

    private static final int WAYS = 8;

    private final AtomicLongArray keys;
    private final AtomicLongArray full;
    private final Ticker clock;
    private final long startNs;
    private final long seed;
    private final int sets;
    private final Runnable onShared;

    /**
     * @param most keys; rounded up to a power of two
     * @param onShared called each time that a key finds no place
     */
    BucketTable(int most, Ticker clock, Runnable onShared) {
        this(most, clock, new SplittableRandom(ThreadLocalRandom.current().nextLong()).nextLong(), onShared);
    }

    BucketTable(int most, Ticker clock, long seed, Runnable onShared) {
        sets = Integer.highestOneBit(Math.max(1, (most + WAYS - 1) / WAYS * 2 - 1));
        keys = new AtomicLongArray(WAYS * sets);
        full = new AtomicLongArray(WAYS * sets);
        this.clock = clock;
        this.seed = seed;
        this.onShared = onShared;
        startNs = clock.nanoTime() - 1;
    }

    /**
     * Takes from a key's bucket, if there is enough in it.
     *
     * @param costNs time in which the bucket gains that much; 0 looks whether anything is in it
     * @param sizeNs time in which the empty bucket becomes full
     * @return {@link #TAKEN}, or the time until there will be enough
     */
    long take(long key, long costNs, long sizeNs) {
        long now = clock.nanoTime() - startNs;
        int place = place(mix(key), now);
        while (true) {
            long before = full.get(place);
            long after = Math.max(before, now) + costNs;
            long missing = after - now - sizeNs;
            if (missing > 0) {
                return missing;
            }
            if (full.compareAndSet(place, before, after)) {
                return TAKEN;
            }
        }
    }

    /**
     * Takes from a key's bucket, even what is not in it: later takes wait for that, too.
     *
     * @param mostNs most time that the debt may take
     */
    void charge(long key, long costNs, long mostNs) {
        long now = clock.nanoTime() - startNs;
        int place = place(mix(key), now);
        full.getAndUpdate(place, before -> Math.min(Math.max(before, now) + costNs, now + mostNs));
    }

    /** The place of the key, of a bucket that is full, or of the bucket to share. */
    private int place(long hash, long now) {
        int set = WAYS * (int) (hash >>> 40 & sets - 1);
        for (int i = set; i < set + WAYS; i++) {
            if (keys.get(i) == hash) {
                return i;
            }
        }
        for (int i = set; i < set + WAYS; i++) {
            long known = keys.get(i);
            if (full.get(i) <= now && (keys.compareAndSet(i, known, hash) || keys.get(i) == hash)) {
                return i;
            }
        }
        onShared.run();
        return set + (int) (hash & WAYS - 1);
    }

    /** A bijection, seeded: nobody can choose keys of one set. The finalizer of SplitMix64, twice. */
    private long mix(long key) {
        return finish(finish(key ^ seed) + seed);
    }

    private static long finish(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
