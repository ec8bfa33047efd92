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
