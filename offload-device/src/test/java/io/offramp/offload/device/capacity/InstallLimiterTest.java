package io.offramp.offload.device.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InstallLimiterTest {
    private final VirtualClock clock = new VirtualClock();

    @Test
    void shouldGiveABurstAndThenItsRate() {
        // Given
        InstallLimiter limiter = new InstallLimiter(1_000, 3, clock);

        // When, Then
        assertThat(taken(limiter, 10)).isEqualTo(3);
        assertThat(limiter.isEmpty()).isTrue();
        clock.advanceUs(999);
        assertThat(limiter.tryTake()).isFalse();
        clock.advanceUs(1);
        assertThat(limiter.isEmpty()).isFalse();
        assertThat(taken(limiter, 10)).isEqualTo(1);
        clock.advanceUs(1_000_000);
        assertThat(taken(limiter, 10))
                .as("no more than a burst, however long the pause")
                .isEqualTo(3);
    }

    @Test
    void shouldGiveAgainWhatWasGivenBack() {
        // Given
        InstallLimiter limiter = new InstallLimiter(1, 1, clock);
        assertThat(limiter.tryTake()).isTrue();

        // When
        limiter.giveBack();

        // Then
        assertThat(taken(limiter, 5)).isEqualTo(1);
    }

    @Test
    void shouldGiveEachTokenOnceToSeveralThreads() throws Exception {
        // Given
        InstallLimiter limiter = new InstallLimiter(10, 1_000, clock);
        AtomicInteger taken = new AtomicInteger();

        // When
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int thread = 0; thread < 4; thread++) {
                threads.execute(() -> taken.addAndGet(taken(limiter, 1_000)));
            }
        }

        // Then
        assertThat(taken).hasValue(1_000);
    }

    private static int taken(InstallLimiter limiter, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += limiter.tryTake() ? 1 : 0;
        }
        return taken;
    }
}
