package io.offramp.proxy.upstream.balance;

import java.util.ArrayList;
import java.util.List;

/**
 * The servers of an upstream by priority. A tier gets requests while none of the tiers before it takes any. Immutable;
 * shared by event loops.
 */
public final class Tiers {
    private final List<? extends Candidate> servers;
    private final int[] ends;
    private final List<Maglev> tables;

    /** @param servers in the order of their priorities */
    public Tiers(List<? extends Candidate> servers, Policy policy) {
        this.servers = List.copyOf(servers);
        List<Integer> borders = new ArrayList<>();
        for (int i = 1; i < servers.size(); i++) {
            if (servers.get(i).priority() != servers.get(i - 1).priority()) {
                borders.add(i);
            }
        }
        borders.add(servers.size());
        ends = borders.stream().mapToInt(Integer::intValue).toArray();
        List<Maglev> made = new ArrayList<>();
        if (policy instanceof Policy.Hash) {
            for (int end : ends) {
                made.add(Maglev.of(servers, servers.get(end - 1).priority()));
            }
        }
        tables = List.copyOf(made);
    }

    List<? extends Candidate> servers() {
        return servers;
    }

    int count() {
        return ends.length;
    }

    int start(int tier) {
        return tier == 0 ? 0 : ends[tier - 1];
    }

    int end(int tier) {
        return ends[tier];
    }

    Maglev table(int tier) {
        return tables.get(tier);
    }
}
