package io.offramp.proxy.warmup;

import java.util.function.LongPredicate;

/**
 * Goes on while rounds get shorter, and stops at the latest when the time is up. Steady is a proxy whose best round of
 * the last {@value #ROUNDS} is not shorter than its best round before by a twentieth. One thread.
 */
public final class Steady implements LongPredicate {
    /** Rounds to compare. */
    static final int ROUNDS = 10;

    private final long limitNs;
    private long sumNs;
    private long best = Long.MAX_VALUE;
    private int sinceBest;

    /** @param limitNs most time for all rounds */
    public Steady(long limitNs) {
        this.limitNs = limitNs;
    }

    /**
     * Takes the next round.
     *
     * @return false to stop
     */
    @Override
    public boolean test(long roundNs) {
        sumNs += roundNs;
        if (roundNs < best - best / 20) {
            best = roundNs;
            sinceBest = 0;
        } else {
            sinceBest++;
        }
        return sumNs < limitNs && sinceBest < ROUNDS;
    }
}
