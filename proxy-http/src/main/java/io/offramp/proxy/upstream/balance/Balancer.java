package io.offramp.proxy.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses servers of one upstream for one event loop, which keeps its own turns: only the servers' health and loads are
 * shared. Allocates nothing. Confined to the event loop.
 */
public final class Balancer {
    private final List<? extends Candidate> servers;
    private final Tiers tiers;
    private final BalanceConfig config;
    private final Shares shares;
    private final Picker[] pickers;

    /** @param tiers of the upstream, made once for all event loops */
    public Balancer(Tiers tiers, BalanceConfig config, RandomGenerator random) {
        this.tiers = tiers;
        servers = tiers.servers();
        this.config = config;
        shares = new Shares(servers.size());
        pickers = new Picker[tiers.count()];
        for (int i = 0; i < pickers.length; i++) {
            pickers[i] = picker(config.policy(), tiers, i, random);
        }
    }

    private static Picker picker(Policy policy, Tiers tiers, int tier, RandomGenerator random) {
        List<? extends Candidate> servers = tiers.servers();
        return switch (policy) {
            case Policy.RoundRobin one -> new Turns(servers.size(), random);
            case Policy.LeastRequest one -> Picker.leastRequest(servers, random);
            case Policy.Random one -> Picker.random(random);
            case Policy.Hash one -> Picker.hash(tiers.table(tier), random);
            case Policy.Sticky one -> Picker.sticky(servers, Picker.leastRequest(servers, random));
        };
    }

    /**
     * The index of the server for a request; -1 if none takes it.
     *
     * @param key of the request, {@link HashKey#NONE} without one
     * @param tried bits of the servers that have failed it; positions 64 apart share one
     */
    public int next(long key, long tried, long nowNs) {
        boolean panic = isPanic(servers, config, nowNs);
        for (int tier = 0; tier < pickers.length; tier++) {
            shares.clear();
            for (int i = tiers.start(tier); i < tiers.end(tier); i++) {
                if ((tried & 1L << i) == 0) {
                    shares.set(i, weight(servers.get(i), panic, nowNs));
                }
            }
            if (shares.chosable() > 0) {
                return pickers[tier].pick(shares, key);
            }
        }
        return -1;
    }

    /** True if {@link #next} finds a server for a request. On any thread. */
    public static boolean hasChoice(Tiers tiers, BalanceConfig config, long tried, long nowNs) {
        List<? extends Candidate> servers = tiers.servers();
        boolean panic = isPanic(servers, config, nowNs);
        for (int i = 0; i < servers.size(); i++) {
            if ((tried & 1L << i) == 0 && weight(servers.get(i), panic, nowNs) > 0) {
                return true;
            }
        }
        return false;
    }

    private static int weight(Candidate server, boolean panic, long nowNs) {
        return panic ? server.weightInPanic() : server.weight(nowNs);
    }

    private static boolean isPanic(List<? extends Candidate> servers, BalanceConfig config, long nowNs) {
        if (config.panicPercent() == 0) {
            return false;
        }
        int well = 0;
        int all = 0;
        for (int i = 0; i < servers.size(); i++) {
            Candidate server = servers.get(i);
            well += server.weight(nowNs) > 0 ? 1 : 0;
            all += server.weightInPanic() > 0 ? 1 : 0;
        }
        return well * 100 < config.panicPercent() * all;
    }
}
