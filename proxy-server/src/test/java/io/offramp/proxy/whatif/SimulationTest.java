package io.offramp.proxy.whatif;

import static io.offramp.proxy.whatif.TestFlows.SECOND;
import static io.offramp.proxy.whatif.TestFlows.capacity;
import static io.offramp.proxy.whatif.TestFlows.contexts;
import static io.offramp.proxy.whatif.TestFlows.device;
import static io.offramp.proxy.whatif.TestFlows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.offramp.offload.Capacity;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Small captures whose outcome is computed by hand. */
class SimulationTest {
    private static final double ROUNDING = 1e-6;

    @Test
    void shouldLeaveEverythingInSoftwareWhenAskedTo() {
        // When
        Outcome outcome = device(Capacity.UNLIMITED).run(Policy.SW, List.of(flow(0, 10, 1_000)));

        // Then: 1,000 records at 1 us and 4,096,000 bytes at 1 ns
        assertThat(outcome.totals().software()).isEqualTo(1);
        assertThat(outcome.totals().softwareNs()).isEqualTo(5_096_000);
        assertThat(outcome.totals().hostNs()).isEqualTo(5_096_000);
        assertThat(outcome.peakContexts()).isZero();
    }

    @Test
    void shouldRefuseForContextsUntilOneIsFree() {
        // Given: the second begins while the first is open, the third when it ends
        List<Flow> flows = List.of(flow(0, 10, 100), flow(5, 15, 100), flow(10, 20, 200));

        // When
        Outcome outcome = device(contexts(1)).run(Policy.HW, flows);

        // Then
        assertThat(outcome.fates())
                .containsExactly(
                        new Fate(flows.get(0), true, null, 1),
                        new Fate(flows.get(1), false, Refusal.CONTEXTS, 0),
                        new Fate(flows.get(2), true, null, 1));
        assertThat(outcome.peakContexts()).isEqualTo(1);
        assertThat(outcome.meanContexts()).isEqualTo(1);
        Totals totals = outcome.totals();
        assertThat(totals.refused(Refusal.CONTEXTS)).isEqualTo(1);
        assertThat(totals.offloadedRecords()).isEqualTo(300);
        // Of 300 records the driver keeps 0.5 us each, and two installs cost 1 ms each.
        assertThat(totals.savedNs()).isEqualTo(300 * 4_596.0 - 2_000_000);
    }

    @Test
    void shouldRefuseWhileTheLoadIsAtItsRate() {
        // Given: 60 + 60 records/s reach the rate of 100, so that the third is refused, and the fourth, behind both, is
        // not
        List<Flow> flows = List.of(flow(0, 10, 600), flow(1, 11, 600), flow(2, 12, 600), flow(12, 13, 1));

        // When
        Outcome outcome = device(capacity(10, 100, Capacity.NO_LIMIT, 0)).run(Policy.HW, flows);

        // Then
        assertThat(outcome.fates()).extracting(Fate::refusal).containsExactly(null, null, Refusal.LOAD, null);
        assertThat(outcome.peakRecordsPerSecond()).isEqualTo(120, within(ROUNDING));
        assertThat(outcome.peakBitsPerSecond()).isEqualTo(120 * (4_096 + 22) * 8, within(ROUNDING));
    }

    @Test
    void shouldRefuseInstallsAboveTheRate() {
        // Given: one install at once, and another a second later
        List<Flow> flows = List.of(flow(0, 10, 1), flow(0, 10, 1), flow(1, 10, 1), flow(1, 10, 1));

        // When
        Outcome outcome = device(capacity(10, Capacity.NO_LIMIT, 1, 0)).run(Policy.HW, flows);

        // Then
        assertThat(outcome.fates())
                .extracting(Fate::refusal)
                .containsExactly(null, Refusal.INSTALL_RATE, null, Refusal.INSTALL_RATE);
    }

    /**
     * The firmware may be 10 ms behind, and each install takes it 6 ms: two at once, and more when it has caught up.
     */
    @Test
    void shouldRefuseInstallsWhileTheFirmwareIsBehind() {
        // Given
        Capacity capacity = Capacity.UNLIMITED.withFirmware(new Capacity.Firmware(6_000_000, 6_000_000));
        List<Flow> flows = List.of(flow(0, 10, 1), flow(0, 10, 1), flow(0, 10, 1), flow(1, 10, 1));

        // When
        Outcome outcome = device(capacity).run(Policy.HW, flows);

        // Then
        assertThat(outcome.fates()).extracting(Fate::refusal).containsExactly(null, null, Refusal.INSTALL_RATE, null);
    }

    /** Of the same number of open connections, few active ones fit on a device that many active ones overload. */
    @Test
    void shouldCountActiveConnectionsRatherThanOpenOnes() {
        // Given: room for 10 contexts, and 1 ms of the engine for each fetch
        Capacity capacity = Capacity.UNLIMITED.withCache(new Capacity.Cache(10, 1_000_000));
        List<Flow> fewActive = new ArrayList<>();
        List<Flow> allActive = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            fewActive.add(flow(0, 100, i < 5 ? 200_000 : 1));
            allActive.add(flow(0, 100, 10_000));
        }

        // When
        Outcome few = device(capacity).run(Policy.HW, fewActive);
        Outcome all = device(capacity).run(Policy.HW, allActive);

        // Then
        assertThat(few.peakContexts()).isEqualTo(100);
        assertThat(few.peakActive()).isBetween(5.0, 5.01);
        assertThat(few.totals().refused(Refusal.LOAD)).isZero();
        assertThat(all.peakActive()).isGreaterThan(10);
        assertThat(all.totals().refused(Refusal.LOAD)).as("at their records/s").isGreaterThan(50);
    }

    @Test
    void shouldRefuseASuiteThatTheDeviceNeverTakes() {
        List<Flow> flows = List.of(flow(0, 10, 1_000, AeadSuite.CHACHA20_POLY1305));
        for (Policy policy : List.of(Policy.HW, Policy.AUTO)) {
            Outcome outcome = device(contexts(10)).run(policy, flows);
            assertThat(outcome.totals().refused(Refusal.SUITE)).as("%s", policy).isEqualTo(1);
            assertThat(outcome.peakContexts()).isZero();
        }
    }

    @Test
    void shouldPromoteInMidSession() {
        // Given: 1,024 records of 4 KiB are 4 MiB in 100 s; by the default of 1 MiB, auto moves after 25 s
        Simulation simulation = device(contexts(10));
        assertThat(simulation.auto()).isEqualTo(AutoPolicy.DEFAULTS);

        // When
        Outcome outcome = simulation.run(Policy.AUTO, List.of(flow(0, 100, 1_024)));

        // Then
        assertThat(outcome.fates().getFirst().share()).isEqualTo(0.75, within(ROUNDING));
        assertThat(outcome.meanContexts()).isEqualTo(0.75, within(ROUNDING));
        assertThat(outcome.totals().offloadedBytes()).isEqualTo(3 << 20, within(ROUNDING));
    }

    @Test
    void shouldNotPromoteShortSessionsOrSmallRecords() {
        Flow few = flow(0, 100, 255);
        Flow small = new Flow(
                Direction.RX, ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, 0, 100 * SECOND, 10_000, 10_000 * 4_095);
        Outcome outcome = device(contexts(10)).run(Policy.AUTO, List.of(few, small));
        assertThat(outcome.totals().software()).isEqualTo(2);
        assertThat(outcome.totals(Direction.RX).flows()).isEqualTo(1);
    }

    @Test
    void shouldLetAPromotionWaitForRoom() {
        // Given: both are due after 25 s, and the first ends at 50 s
        List<Flow> flows = List.of(flow(0, 50, 512), flow(0, 100, 1_024));

        // When
        Outcome outcome = device(contexts(1)).run(Policy.AUTO, flows);

        // Then
        assertThat(outcome.fates().get(0).share()).isEqualTo(0.5, within(ROUNDING));
        assertThat(outcome.fates().get(1).share()).isEqualTo(0.5, within(ROUNDING));
        assertThat(outcome.fates().get(1).offloaded()).isTrue();
    }

    @Test
    void shouldCountAPromotionThatWaitedInVainAsRefused() {
        Outcome outcome = device(contexts(1)).run(Policy.AUTO, List.of(flow(0, 100, 1_024), flow(0, 100, 1_024)));
        assertThat(outcome.totals().offloaded()).isEqualTo(1);
        assertThat(outcome.totals().refused(Refusal.CONTEXTS)).isEqualTo(1);
    }

    @Test
    void shouldPromoteOneAfterTheOtherAtTheRateOfInstalls() {
        // Given: one install per second, and both are due after 50 s
        Simulation simulation = device(capacity(10, Capacity.NO_LIMIT, 1, 0));

        // When
        Outcome outcome = simulation.run(Policy.AUTO, List.of(flow(0, 100, 512), flow(0, 100, 512)));

        // Then
        assertThat(outcome.fates().get(0).share()).isEqualTo(0.5, within(ROUNDING));
        assertThat(outcome.fates().get(1).share()).isEqualTo(0.49, within(ROUNDING));
    }

    @Test
    void shouldOffloadNothingBeforeAnInstallIsThrough() {
        // Given: an install takes 2 s
        Outcome outcome = device(capacity(10, Capacity.NO_LIMIT, Capacity.NO_LIMIT, 2 * SECOND))
                .run(Policy.HW, List.of(flow(0, 10, 100), flow(0, 1, 100)));

        // Then
        assertThat(outcome.fates().get(0).share()).isEqualTo(0.8, within(ROUNDING));
        assertThat(outcome.fates().get(1)).returns(true, Fate::offloaded).returns(0.0, Fate::share);
    }

    @Test
    void shouldAccountForEveryFlowWhateverTheTraffic() {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            List<Flow> flows = randomFlows(random);
            Capacity capacity = capacity(
                    random.nextInt(20), 1 + random.nextInt(2_000), 1 + random.nextInt(20), random.nextInt(1_000_000));
            for (Policy policy : Policy.values()) {
                Outcome outcome = device(capacity).run(policy, flows);
                Totals all = outcome.totals();
                String what = "seed " + seed + ", " + policy;
                assertThat(outcome.fates()).as(what).extracting(Fate::flow).isEqualTo(flows);
                assertThat(all.offloaded() + all.software() + refused(all))
                        .as(what)
                        .isEqualTo(flows.size());
                assertThat(outcome.peakContexts()).as(what).isLessThanOrEqualTo(capacity.contexts());
                assertThat(outcome.fates()).as(what).allMatch(fate -> fate.share() >= 0 && fate.share() <= 1);
                assertThat(outcome.byClass().values().stream()
                                .mapToLong(Totals::flows)
                                .sum())
                        .as(what)
                        .isEqualTo(flows.size());
            }
        }
    }

    private static List<Flow> randomFlows(Random random) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long start = random.nextLong(60 * SECOND);
            long records = random.nextInt(5_000);
            flows.add(new Flow(
                    Direction.values()[random.nextInt(2)],
                    ProtocolVersion.values()[random.nextInt(2)],
                    AeadSuite.values()[random.nextInt(3)],
                    start,
                    start + 1 + random.nextLong(20 * SECOND),
                    records,
                    records * random.nextInt(16_384)));
        }
        flows.sort(Comparator.comparingLong(Flow::startNs));
        return flows;
    }

    private static long refused(Totals totals) {
        return totals.refused().values().stream().mapToLong(Long::longValue).sum();
    }
}
