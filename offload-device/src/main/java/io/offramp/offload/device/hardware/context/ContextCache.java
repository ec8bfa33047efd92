package io.offramp.offload.device.hardware.context;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * The contexts whose state lies close to the engines; that of all others is in the host's memory (ICM), and has to be
 * fetched. A place holds the last context that came to it, of those that share it. Lock-free, thread-safe: two engines
 * that race count a miss more or less.
 */
public final class ContextCache {
    private final AtomicIntegerArray places;
    private final LongAdder misses = new LongAdder();

    /** @param contexts how many have room; rounded down to a power of two. 0 where all have. */
    public ContextCache(int contexts) {
        places = new AtomicIntegerArray(Integer.highestOneBit(contexts));
    }

    /** A cache for all contexts. */
    public static ContextCache unlimited() {
        return new ContextCache(0);
    }

    /** A packet or WQE needs a TIS. */
    public void touchTis(int number) {
        touch(number << 1);
    }

    /** A packet needs a TIR. */
    public void touchTir(int number) {
        touch(number << 1 | 1);
    }

    private void touch(int tag) {
        int count = places.length();
        if (count > 0) {
            int place = tag & count - 1;
            if (places.getPlain(place) != tag) {
                places.setPlain(place, tag);
                misses.increment();
            }
        }
    }

    /** How many times a context was fetched. */
    public long misses() {
        return misses.sum();
    }
}
