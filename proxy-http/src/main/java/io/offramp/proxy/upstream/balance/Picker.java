package io.offramp.proxy.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/** The state of a policy on one event loop. Confined to it. */
interface Picker {
    /**
     * Chooses a server.
     *
     * @param shares at least one of them is not 0
     * @param key of the request; {@link HashKey#NONE} if it has none
     */
    int pick(Shares shares, long key);

    /** By chance. */
    static Picker random(RandomGenerator random) {
        return (shares, key) -> shares.draw(random);
    }

    /** The less busy of two. With equal loads the first draw counts, so that weights hold without load as well. */
    static Picker leastRequest(List<? extends Candidate> servers, RandomGenerator random) {
        return (shares, key) -> {
            int one = shares.draw(random);
            if (shares.chosable() == 1) {
                return one;
            }
            int other = shares.drawOther(random, one);
            long loadOfOne = servers.get(one).load() * shares.of(other);
            long loadOfOther = servers.get(other).load() * shares.of(one);
            return loadOfOne <= loadOfOther ? one : other;
        };
    }

    /** The server with this identifier, else another way. */
    static Picker sticky(List<? extends Candidate> servers, Picker otherwise) {
        return (shares, key) -> {
            for (int i = 0; i < shares.size(); i++) {
                if (shares.of(i) > 0 && servers.get(i).id() == key) {
                    return i;
                }
            }
            return otherwise.pick(shares, key);
        };
    }

    /** The same server for the same key; by chance without one. */
    static Picker hash(Maglev table, RandomGenerator random) {
        return (shares, key) -> key == HashKey.NONE ? shares.draw(random) : table.find(shares, key);
    }
}
