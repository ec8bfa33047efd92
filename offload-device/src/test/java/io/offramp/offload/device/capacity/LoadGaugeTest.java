package io.offramp.offload.device.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.Capacity;
import org.junit.jupiter.api.Test;

class LoadGaugeTest {
    private final VirtualClock clock = new VirtualClock();

    @Test
    void shouldTellWhenRecordsReachTheRateAndForgetOnceTheyStop() {
        // Given
        LoadGauge load = new LoadGauge(capacity(1_000, Capacity.NO_LIMIT), () -> 0, clock);

        // When, Then
        load.add(99, 0);
        assertThat(load.over()).isNull();
        assertThat(load.isOver()).isFalse();
        load.add(1, 0);
        assertThat(load.isOver()).isTrue();
        assertThat(load.over()).isEqualTo("device is at its rate (1000 of 1000 records/s)");
        clock.advanceUs(100_000);
        assertThat(load.over()).as("of the window before").isNotNull();
        assertThat(load.recordsPerSecond()).isEqualTo(1_000);
        clock.advanceUs(100_000);
        assertThat(load.over()).isNull();
    }

    @Test
    void shouldTellWhenBitsReachTheRate() {
        // Given
        LoadGauge load = new LoadGauge(capacity(Capacity.NO_LIMIT, 2_500_000_000L), () -> 0, clock);

        // When: 2.6 Gbit/s for a window
        load.add(2_000, 32_500_000);
        clock.advanceUs(100_000);

        // Then
        assertThat(load.over()).isEqualTo("device is at its rate (2.60 of 2.50 Gbit/s)");
        assertThat(load.bitsPerSecond()).isEqualTo(2_600_000_000L);
    }

    @Test
    void shouldCountByWindowsThatTrafficEnds() {
        // Given: a pause, then traffic below the rate, which nobody asks about
        LoadGauge load = new LoadGauge(capacity(1_000, Capacity.NO_LIMIT), () -> 0, clock);
        for (int i = 0; i < 200; i++) {
            clock.advanceUs(10_000);
            load.add(9, 0);
        }

        // When, Then
        assertThat(load.over()).isNull();
        assertThat(load.recordsPerSecond()).isEqualTo(900);
    }

    private static Capacity capacity(long records, long bits) {
        return Capacity.UNLIMITED.withRecordsPerSecond(records).withBitsPerSecond(bits);
    }
}
