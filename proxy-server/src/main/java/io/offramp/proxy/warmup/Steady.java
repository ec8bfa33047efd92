package io.offramp.proxy.warmup;

import java.util.function.LongPredicate;

/**
 * Goes on while rounds get shorter. Steady is a proxy whose best round of the last {@value #ROUNDS} is not shorter than
 * its best round before by a twentieth. One thread.
 */
public final class Steady implements LongPredicate {
    /** Rounds to compare. */
    static final int ROUNDS = 10;

    private long best = Long.MAX_VALUE;
    private int sinceBest;

    /**
     * Takes the next round.
     *
     * @return false to stop
     */
    @Override
    public boolean test(long roundNs) {
        if (roundNs < best - best / 20) {
            best = roundNs;
            sinceBest = 0;
        } else {
            sinceBest++;
        }
        return sinceBest < ROUNDS;
    }
}
