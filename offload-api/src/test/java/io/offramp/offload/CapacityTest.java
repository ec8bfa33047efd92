package io.offramp.offload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CapacityTest {
    @Test
    void shouldLimitNothingWhenUnlimited() {
        assertThat(Capacity.UNLIMITED.limitsLoad()).isFalse();
        assertThat(Capacity.UNLIMITED.limitsInstalls()).isFalse();
    }

    @Test
    void shouldAllowATenthOfASecondOfInstallsAtOnce() {
        assertThat(installs(500).installBurst()).isEqualTo(50);
        assertThat(installs(3).installBurst()).isEqualTo(1);
        assertThat(installs(3).limitsInstalls()).isTrue();
    }

    /** 1 us for a record, and 3 us more for each second one: its context has to be fetched. */
    @Test
    void shouldDoFewerRecordsWhereMoreContextsAreActiveThanAreClose() {
        Capacity capacity =
                Capacity.UNLIMITED.withRecordsPerSecond(1_000_000).withCache(new Capacity.Cache(100, 3_000));

        assertThat(capacity.recordsPerSecond(100)).isEqualTo(1_000_000);
        assertThat(capacity.recordsPerSecond(200)).isEqualTo(400_000);
        assertThat(Capacity.UNLIMITED.recordsPerSecond(1e9)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void shouldRefuseWhatNoDeviceHas() {
        assertThatThrownBy(() -> installs(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rates");
        assertThatThrownBy(() -> Capacity.UNLIMITED.withInstallLatencyNs(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("latencies");
    }

    private static Capacity installs(long perSecond) {
        return Capacity.UNLIMITED.withBitsPerSecond(1_000).withInstallsPerSecond(perSecond);
    }
}
