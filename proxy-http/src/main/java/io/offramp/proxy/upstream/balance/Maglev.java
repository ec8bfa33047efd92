package io.offramp.proxy.upstream.balance;

import java.util.Arrays;
import java.util.List;

/**
 * A table that gives each key a server: each server has as many places as its weight says, and if one is added or
 * removed, few places of the others change (Eisenbud et al., "Maglev", NSDI 2016, §3.4). While a server is down, its
 * keys spread over all others. Immutable.
 */
final class Maglev {
    /** A prime; a hundred times as many as servers gives shares within one percent. */
    static final int PLACES = 65_537;

    private static final long STEP = 0x9e3779b97f4a7c15L;
    private static final int TRIES = 32;

    private final char[] places;

    private Maglev(char[] places) {
        this.places = places;
    }

    /** Of servers with one priority; the others get no place. */
    static Maglev of(List<? extends Candidate> servers, int priority) {
        char[] places = new char[PLACES];
        Arrays.fill(places, Character.MAX_VALUE);
        int count = servers.size();
        int heaviest = 1;
        int[] offsets = new int[count];
        int[] skips = new int[count];
        for (int i = 0; i < count; i++) {
            long id = servers.get(i).id();
            offsets[i] = (int) Long.remainderUnsigned(HashKey.mixed(id), PLACES);
            skips[i] = (int) Long.remainderUnsigned(HashKey.mixed(id + STEP), PLACES - 1) + 1;
            if (servers.get(i).priority() == priority) {
                heaviest = Math.max(heaviest, servers.get(i).configuredWeight());
            }
        }
        fill(places, servers, priority, offsets, skips, heaviest);
        return new Maglev(places);
    }

    /** Each server takes its next free place in turn; one with less weight sits out some turns. */
    private static void fill(
            char[] places, List<? extends Candidate> servers, int priority, int[] offsets, int[] skips, int heaviest) {
        long[] next = new long[servers.size()];
        int[] credit = new int[servers.size()];
        int filled = 0;
        while (true) {
            for (int i = 0; i < servers.size(); i++) {
                if (servers.get(i).priority() != priority) {
                    continue;
                }
                credit[i] += servers.get(i).configuredWeight();
                if (credit[i] < heaviest) {
                    continue;
                }
                credit[i] -= heaviest;
                int at = place(offsets[i], skips[i], next[i]++);
                while (places[at] != Character.MAX_VALUE) {
                    at = place(offsets[i], skips[i], next[i]++);
                }
                places[at] = (char) i;
                if (++filled == PLACES) {
                    return;
                }
            }
        }
    }

    private static int place(int offset, int skip, long nth) {
        return (int) ((offset + nth * skip) % PLACES);
    }

    /** The server of a key; of those that can be chosen. */
    int find(Shares shares, long key) {
        for (int i = 0; i < TRIES; i++) {
            int server = places[(int) Long.remainderUnsigned(HashKey.mixed(key + i * STEP), PLACES)];
            if (shares.of(server) > 0) {
                return server;
            }
        }
        return shares.at(Long.remainderUnsigned(HashKey.mixed(key), shares.total()), -1);
    }
}
