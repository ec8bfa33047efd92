package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyUpdateRateTest {
    private long nowNs = Long.MAX_VALUE - 5; // as System.nanoTime may

    @Test
    void shouldAllowSoManyInEachSecond() {
        KeyUpdateRate rate = new KeyUpdateRate(3, () -> nowNs);

        for (int second = 0; second < 5; second++) {
            assertThat(rate.exceeds()).isFalse();
            nowNs += 999_999_999;
            assertThat(rate.exceeds()).isFalse();
            assertThat(rate.exceeds()).isFalse();
            nowNs += 1;
        }
    }

    @Test
    void shouldSayWhenItIsOneTooMany() {
        KeyUpdateRate rate = new KeyUpdateRate(2, () -> nowNs);

        assertThat(rate.exceeds()).isFalse();
        assertThat(rate.exceeds()).isFalse();
        assertThat(rate.exceeds()).isTrue();
    }
}
