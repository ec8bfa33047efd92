package io.offramp.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Loads follow the policies, within bounds that chance keeps. */
class BalancerTest {
    private static final int REQUESTS = 100_000;

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final List<Server> servers = new ArrayList<>();

    private static final class Server implements Candidate {
        private final int number;
        private final int weight;
        private final int priority;
        private long load;
        private boolean well = true;
        private boolean drained;

        Server(int number, int weight, int priority) {
            this.number = number;
            this.weight = weight;
            this.priority = priority;
        }

        @Override
        public int weight(long nowNs) {
            return well ? weightInPanic() : 0;
        }

        @Override
        public int weightInPanic() {
            return drained ? 0 : weight * FULL_WEIGHT;
        }

        @Override
        public int configuredWeight() {
            return weight;
        }

        @Override
        public int priority() {
            return priority;
        }

        @Override
        public long load() {
            return load;
        }

        @Override
        public long id() {
            return HashKey.hash("server " + number);
        }
    }

    private void weights(int... weights) {
        for (int weight : weights) {
            servers.add(new Server(servers.size(), weight, 0));
        }
    }

    private Balancer balancer(Policy policy) {
        return balancer(policy, 0);
    }

    private Balancer balancer(Policy policy, int panicPercent) {
        return new Balancer(new Tiers(servers, policy), new BalanceConfig(policy, Duration.ZERO, panicPercent), random);
    }

    private int[] counts(Balancer balancer, int requests) {
        int[] counts = new int[servers.size()];
        for (int i = 0; i < requests; i++) {
            counts[balancer.next(HashKey.hash("key " + i), 0, 0)]++;
        }
        return counts;
    }

    private void assertShares(int[] counts, double... shares) {
        long all = IntStream.of(counts).sum();
        for (int i = 0; i < shares.length; i++) {
            // Five standard deviations of a binomial distribution.
            double bound = 5 * Math.sqrt(shares[i] * (1 - shares[i]) / all);
            assertThat((double) counts[i] / all)
                    .as("share of server %d with seed %d", i, seed)
                    .isCloseTo(shares[i], within(bound));
        }
    }

    @Test
    void shouldGiveEachServerItsWeightInTurn() {
        weights(5, 1, 1);

        int[] counts = counts(balancer(new Policy.RoundRobin()), 700);

        for (int i = 0; i < counts.length; i++) {
            assertThat(counts[i]).as("seed %d", seed).isBetween(i == 0 ? 498 : 98, i == 0 ? 502 : 102);
        }
    }

    @Test
    void shouldNotServeTheHeaviestInBursts() {
        weights(3, 1, 1, 1);
        Balancer balancer = balancer(new Policy.RoundRobin());

        int longest = 0;
        int inRow = 0;
        for (int i = 0; i < 600; i++) {
            inRow = balancer.next(HashKey.NONE, 0, 0) == 0 ? inRow + 1 : 0;
            longest = Math.max(longest, inRow);
        }

        assertThat(longest).as("seed %d", seed).isLessThanOrEqualTo(2);
    }

    @Test
    void shouldFollowWeightsByChance() {
        weights(1, 2, 7);

        assertShares(counts(balancer(new Policy.Random()), REQUESTS), 0.1, 0.2, 0.7);
    }

    @Test
    void shouldFollowWeightsWhereNoServerIsBusy() {
        weights(1, 2, 7);

        assertShares(counts(balancer(new Policy.LeastRequest()), REQUESTS), 0.1, 0.2, 0.7);
    }

    /** Each request lasts for a thousand others; those of the slow server for ten thousand. */
    @Test
    void shouldKeepLoadsEvenWhereOneServerIsSlow() {
        // Given
        weights(1, 1, 1, 1, 1);
        Balancer balancer = balancer(new Policy.LeastRequest());
        List<List<Integer>> ends = new ArrayList<>();
        IntStream.range(0, REQUESTS + 10_001).forEach(i -> ends.add(new ArrayList<>(1)));
        int[] counts = new int[5];

        // When
        for (int i = 0; i < REQUESTS; i++) {
            ends.get(i).forEach(server -> servers.get(server).load--);
            int server = balancer.next(HashKey.NONE, 0, 0);
            servers.get(server).load++;
            counts[server]++;
            ends.get(i + (server == 0 ? 10_000 : 1_000)).add(server);
        }

        // Then
        assertThat(counts[0]).as("slow one, seed %d", seed).isLessThan(counts[1] / 4);
        long least = servers.stream().mapToLong(Server::load).min().orElseThrow();
        long most = servers.stream().mapToLong(Server::load).max().orElseThrow();
        assertThat(most - least).as("loads, seed %d", seed).isLessThan(most / 5 + 10);
    }

    @Test
    void shouldSpreadKeysByWeight() {
        weights(1, 2, 2);

        assertShares(counts(balancer(new Policy.Hash(new HashKey.Uri())), REQUESTS), 0.2, 0.4, 0.4);
    }

    @Test
    void shouldMoveOnlyTheKeysOfAServerThatIsDown() {
        // Given
        weights(1, 1, 1, 1, 1);
        Balancer balancer = balancer(new Policy.Hash(new HashKey.Uri()));
        int[] before = IntStream.range(0, REQUESTS)
                .map(i -> balancer.next(HashKey.hash("key " + i), 0, 0))
                .toArray();

        // When
        servers.get(2).well = false;

        // Then
        int[] moved = new int[5];
        for (int i = 0; i < REQUESTS; i++) {
            int now = balancer.next(HashKey.hash("key " + i), 0, 0);
            if (before[i] == 2) {
                moved[now]++;
            } else {
                assertThat(now).isEqualTo(before[i]);
            }
        }
        assertShares(moved, 0.25, 0.25, 0, 0.25, 0.25);
    }

    @Test
    void shouldMoveFewKeysWhereAServerIsAdded() {
        // Given
        weights(1, 1, 1, 1);
        Balancer four = balancer(new Policy.Hash(new HashKey.Uri()));
        int[] before = IntStream.range(0, REQUESTS)
                .map(i -> four.next(HashKey.hash("key " + i), 0, 0))
                .toArray();

        // When
        weights(1);
        Balancer five = balancer(new Policy.Hash(new HashKey.Uri()));

        // Then
        long movedAmongOld = IntStream.range(0, REQUESTS)
                .filter(i -> {
                    int now = five.next(HashKey.hash("key " + i), 0, 0);
                    return now != before[i] && now != 4;
                })
                .count();
        assertThat(movedAmongOld).isLessThan(REQUESTS / 20);
    }

    @Test
    void shouldStayWithTheServerOfACookie() {
        weights(1, 1, 1);
        Balancer balancer = balancer(new Policy.Sticky("c"));

        for (int i = 0; i < 100; i++) {
            assertThat(balancer.next(servers.get(1).id(), 0, 0)).isEqualTo(1);
        }
        servers.get(1).well = false;
        assertThat(balancer.next(servers.get(1).id(), 0, 0)).isNotEqualTo(1);
    }

    @Test
    void shouldUseABackupOnlyWhileNoOtherTakesRequests() {
        // Given
        weights(1, 1);
        servers.add(new Server(2, 1, 100));
        Balancer balancer = balancer(new Policy.LeastRequest());

        // Then
        assertThat(counts(balancer, 1000)[2]).isZero();
        servers.get(0).well = false;
        assertThat(counts(balancer, 1000)).containsExactly(0, 1000, 0);
        servers.get(1).drained = true;
        assertThat(counts(balancer, 1000)).containsExactly(0, 0, 1000);
    }

    @Test
    void shouldTryNoServerTwice() {
        weights(1, 1, 1);

        for (Policy policy : List.of(
                new Policy.RoundRobin(),
                new Policy.LeastRequest(),
                new Policy.Random(),
                new Policy.Hash(new HashKey.Uri()),
                new Policy.Sticky("c"))) {
            Balancer balancer = balancer(policy);
            assertThat(balancer.next(1, 0b101, 0)).as(policy.word()).isEqualTo(1);
            assertThat(balancer.next(1, 0b111, 0)).as(policy.word()).isEqualTo(-1);
        }
    }

    @Test
    void shouldIgnoreHealthWhereTooFewAreWell() {
        // Given
        weights(1, 1, 1, 1, 1);
        servers.get(4).drained = true;
        Balancer balancer = balancer(new Policy.LeastRequest(), 50);

        // Then
        servers.get(0).well = false;
        servers.get(1).well = false;
        assertShares(counts(balancer, REQUESTS), 0, 0, 0.5, 0.5, 0);
        servers.get(2).well = false;
        assertShares(counts(balancer, REQUESTS), 0.25, 0.25, 0.25, 0.25, 0);
    }

    @Test
    void shouldFindNoServerWhereAllAreDown() {
        weights(1, 1);
        servers.forEach(server -> server.well = false);

        assertThat(balancer(new Policy.LeastRequest()).next(HashKey.NONE, 0, 0)).isEqualTo(-1);
    }
}
