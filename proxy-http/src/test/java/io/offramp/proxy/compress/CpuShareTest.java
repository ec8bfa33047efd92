package io.offramp.proxy.compress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuShareTest {
    @Test
    void shouldBeginNothingOnceTheTimeOfAWindowIsUsedUp() {
        // Given
        CpuShare share = new CpuShare(() -> 50, 0);
        share.onSpent(CpuShare.WINDOW_NS / 2 - 1, 10);
        assertThat(share.isUsedUp(20)).isFalse();

        // When
        share.onSpent(CpuShare.WINDOW_NS, 30);

        // Then
        assertThat(share.isUsedUp(40)).isTrue();
        assertThat(share.isUsedUp(CpuShare.WINDOW_NS)).isTrue();
        assertThat(share.isUsedUp(3 * CpuShare.WINDOW_NS)).isFalse();
    }
}
