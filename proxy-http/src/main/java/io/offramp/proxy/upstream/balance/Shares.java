package io.offramp.proxy.upstream.balance;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** The weights of all servers for one choice; those that cannot be chosen have 0. Reused; confined to one thread. */
final class Shares {
    private final int[] weights;
    private long total;
    private int chosable;

    Shares(int servers) {
        weights = new int[servers];
    }

    void clear() {
        Arrays.fill(weights, 0);
        total = 0;
        chosable = 0;
    }

    void set(int server, int weight) {
        if (weight > 0) {
            weights[server] = weight;
            total += weight;
            chosable++;
        }
    }

    int of(int server) {
        return weights[server];
    }

    int size() {
        return weights.length;
    }

    long total() {
        return total;
    }

    /** Number of servers that can be chosen. */
    int chosable() {
        return chosable;
    }

    /** A server by chance, each as likely as its weight says. */
    int draw(RandomGenerator random) {
        return at(random.nextLong(total), -1);
    }

    /** The same, without one of them; there is another. */
    int drawOther(RandomGenerator random, int but) {
        return at(random.nextLong(total - weights[but]), but);
    }

    /** The server whose weight covers this place, if those of all but one stand in a row. */
    int at(long place, int but) {
        long left = place;
        int last = -1;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0 && i != but) {
                last = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return last;
    }
}
