package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.Capacity;
import org.junit.jupiter.api.Test;

class AutoPolicyTest {
    private final AutoPolicy policy = new AutoPolicy(1 << 20, 4 << 10);

    @Test
    void shouldPromoteALongSessionOfLargeRecords() {
        assertThat(policy.promotes(64, 1 << 20)).isTrue();
        assertThat(policy.promoted(64, 1 << 20)).isEqualTo("auto: 1.0 MiB in 64 records");
    }

    @Test
    void shouldLeaveAShortSessionInSoftware() {
        assertThat(policy.promotes(63, (1 << 20) - 1)).isFalse();
        assertThat(policy.waiting()).isEqualTo("auto: below 1.0 MiB in records of 4 KiB");
    }

    @Test
    void shouldLeaveSmallRecordsInSoftwareHoweverMany() {
        assertThat(policy.promotes(10_000, 10_000L * 1024)).isFalse();
    }

    @Test
    void shouldKeepItsDefaultsWhereNothingIsLimited() {
        assertThat(AutoPolicy.of(Capacity.UNLIMITED, RecordCost.MEASURED)).isEqualTo(AutoPolicy.DEFAULTS);
    }

    @Test
    void shouldAskForAsMuchAsWinsAnInstallBack() {
        // Given: each byte saves 1 ns, and a record of 4 KiB costs the driver 1,024 ns: 0.75 ns per byte remain
        RecordCost cost = new RecordCost(0, 1, 1_024, 0);

        // When, Then
        assertThat(AutoPolicy.of(latency(3_000_000, 0), cost))
                .as("by its latency: 3 ms / 0.75 ns")
                .isEqualTo(new AutoPolicy(4_000_000, 4_096));
        assertThat(AutoPolicy.of(Capacity.UNLIMITED, new RecordCost(0, 1, 0, 2_000_000)))
                .as("by what it costs the host")
                .isEqualTo(new AutoPolicy(2_000_000, 4_096));
    }

    @Test
    void shouldAskForRecordsThatSoftwareIsSlowerWith() {
        Capacity slow = latency(0, 8_000);
        assertThat(AutoPolicy.of(slow, new RecordCost(0, 1, 0, 0)).recordBytes())
                .isEqualTo(8_000);
        assertThat(AutoPolicy.of(slow, new RecordCost(8_000, 1, 0, 0)).recordBytes())
                .isEqualTo(4_096);
        assertThat(AutoPolicy.of(slow, new RecordCost(0, 0.1, 0, 0)).recordBytes())
                .isEqualTo(16_384);
    }

    @Test
    void shouldNeverPromoteWhereTheDriverCostsMoreThanTheCipher() {
        AutoPolicy never = AutoPolicy.of(Capacity.UNLIMITED, new RecordCost(0, 0.001, 1_000, 0));
        assertThat(never.promotes(1 << 20, 1L << 34)).isFalse();
    }

    private static Capacity latency(long installNs, long recordNs) {
        return Capacity.UNLIMITED
                .withInstallsPerSecond(10)
                .withInstallLatencyNs(installNs)
                .withRecordLatencyNs(recordNs);
    }
}
