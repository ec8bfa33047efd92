package io.offramp.offload.device.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.Capacity;
import org.junit.jupiter.api.Test;

class PacerTest {
    private final VirtualClock clock = new VirtualClock();

    @Test
    void shouldTakeNoTimeWhereNothingIsLimited() {
        Pacer pacer = new Pacer(Capacity.UNLIMITED, clock);
        assertThat(pacer.work(1_000_000, 1L << 40, 0)).isZero();
        assertThat(pacer.queueNs()).isZero();
        assertThat(pacer.installNs()).isZero();
    }

    @Test
    void shouldQueueWorkBehindWork() {
        // Given: a record takes 1 us, 8 Gbit/s make a byte take 1 ns, and what is done comes out 3 us later
        Capacity capacity = Capacity.UNLIMITED
                .withRecordsPerSecond(1_000_000)
                .withBitsPerSecond(8_000_000_000L)
                .withInstallLatencyNs(50_000)
                .withRecordLatencyNs(3_000);
        Pacer pacer = new Pacer(capacity, clock);

        // When, Then
        assertThat(pacer.work(1, 100, 0)).as("limited by records").isEqualTo(1_000 + 3_000);
        assertThat(pacer.work(1, 16_000, 0))
                .as("limited by bits, behind the first")
                .isEqualTo(1_000 + 16_000 + 3_000);
        assertThat(pacer.queueNs()).isEqualTo(17_000);
        clock.advanceUs(10);
        assertThat(pacer.work(2, 0, 0)).isEqualTo(7_000 + 2_000 + 3_000);
        clock.advanceUs(1_000);
        assertThat(pacer.queueNs()).isZero();
        assertThat(pacer.work(1, 0, 0))
                .as("idle again, after the clock has wrapped")
                .isEqualTo(1_000 + 3_000);
        assertThat(pacer.installNs()).isEqualTo(50_000);
    }

    @Test
    void shouldAddItsLatencyWhereRatesAreUnlimited() {
        Pacer pacer = new Pacer(Capacity.UNLIMITED.withRecordLatencyNs(1_500), clock);
        assertThat(pacer.work(1, 16_384, 0)).isEqualTo(1_500);
        assertThat(pacer.work(1, 16_384, 0)).isEqualTo(1_500);
    }
}
