package io.offramp.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteadyTest {
    private final Steady steady = new Steady();

    @Test
    void shouldGoOnWhileRoundsGetShorter() {
        for (long roundNs = 10_000; roundNs > 1_000; roundNs -= roundNs / 10) {
            assertThat(steady.test(roundNs)).isTrue();
        }
    }

    @Test
    void shouldStopWhenTheBestRoundStaysTheBest() {
        // Given
        assertThat(steady.test(1_000)).isTrue();

        // When
        for (int i = 1; i < Steady.ROUNDS; i++) {
            assertThat(steady.test(i % 2 == 0 ? 960 : 1_500)).isTrue();
        }

        // Then
        assertThat(steady.test(1_000)).isFalse();
    }
}
