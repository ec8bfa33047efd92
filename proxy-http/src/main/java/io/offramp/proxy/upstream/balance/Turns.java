package io.offramp.proxy.upstream.balance;

import java.util.random.RandomGenerator;

/**
 * Weighted round robin without bursts: each server's credit grows by its weight at every choice; the one with the most
 * is chosen, and pays the weights of all. Weights may change between choices.
 */
final class Turns implements Picker {
    private final long[] credit;

    /** @param random for a start apart from other event loops */
    Turns(int servers, RandomGenerator random) {
        credit = new long[servers];
        for (int i = 0; i < servers; i++) {
            credit[i] = random.nextInt(Candidate.FULL_WEIGHT);
        }
    }

    @Override
    public int pick(Shares shares, long key) {
        int best = -1;
        for (int i = 0; i < credit.length; i++) {
            if (shares.of(i) > 0) {
                credit[i] += shares.of(i);
                if (best < 0 || credit[i] > credit[best]) {
                    best = i;
                }
            }
        }
        credit[best] -= shares.total();
        return best;
    }
}
