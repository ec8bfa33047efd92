package io.offramp.proxy.rate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BucketTableTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MockTicker clock = Ticker.newMockTicker();
    private final AtomicInteger shared = new AtomicInteger();
    private final BucketTable table = new BucketTable(64, clock, 7, shared::incrementAndGet);

    @Test
    void shouldGiveABurstThenTheRate() {
        // Given
        assertThat(IntStream.range(0, 10).filter(i -> take(1) == 0).count()).isEqualTo(5);

        // When
        long wait = take(1);

        // Then
        assertThat(wait).isEqualTo(SECOND);
        clock.advance(wait - 1, TimeUnit.NANOSECONDS);
        assertThat(take(1)).isEqualTo(1);
        clock.advance(1, TimeUnit.NANOSECONDS);
        assertThat(take(1)).isZero();
        assertThat(take(1)).isEqualTo(SECOND);
    }

    @Test
    void shouldKeepKeysApart() {
        // Given
        IntStream.range(0, 5).forEach(i -> take(1));

        // Then
        assertThat(take(1)).isPositive();
        assertThat(take(2)).isZero();
    }

    @Test
    void shouldLetDebtBePaidBack() {
        // When
        table.charge(1, 8 * SECOND, 100 * SECOND);

        // Then
        assertThat(table.take(1, 0, 5 * SECOND)).isEqualTo(3 * SECOND);
        clock.advance(3, TimeUnit.SECONDS);
        assertThat(table.take(1, 0, 5 * SECOND)).isZero();
    }

    @Test
    void shouldBoundDebt() {
        // When
        table.charge(1, 1000 * SECOND, 10 * SECOND);
        table.charge(1, 1000 * SECOND, 10 * SECOND);

        // Then
        assertThat(table.take(1, 0, 5 * SECOND)).isEqualTo(5 * SECOND);
    }

    @Test
    void shouldGiveEachKeyWhatABucketOfItsOwnGives() {
        // Given
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<Integer, Double> model = new HashMap<>();
        Map<Integer, Long> last = new HashMap<>();

        for (int i = 0; i < 100_000; i++) {
            // When
            clock.advance(random.nextInt(80), TimeUnit.MILLISECONDS);
            int key = random.nextInt(8);
            long now = clock.nanoTime();
            double tokens =
                    Math.min(5, model.getOrDefault(key, 5.0) + (now - last.getOrDefault(key, now)) / (double) SECOND);
            boolean taken = take(key) == 0;

            // Then
            assertThat(taken).as("seed %d, step %d", seed, i).isEqualTo(tokens > 1 - 1e-6);
            model.put(key, taken ? tokens - 1 : tokens);
            last.put(key, now);
        }
        assertThat(shared).as("seed %d", seed).hasValue(0);
    }

    @Test
    void shouldGiveAFloodOfKeysNoMoreThanOneLimitForEachPlace() {
        // Given
        long taken = 0;

        // When
        for (int key = 0; key < 100_000; key++) {
            clock.advance(1, TimeUnit.MILLISECONDS);
            taken += take(key) == 0 ? 1 : 0;
        }

        // Then
        assertThat(taken).isBetween(100L, 64L * (5 + 100));
        assertThat(shared).hasPositiveValue();
    }

    @Test
    void shouldShareNoBucketWhileThereArePlaces() {
        // When
        for (int key = 0; key < 100_000; key++) {
            assertThat(take(key)).isZero();
            clock.advance(2, TimeUnit.SECONDS);
        }

        // Then
        assertThat(shared).hasValue(0);
    }

    @Test
    void shouldCountExactlyWithManyThreads() throws InterruptedException {
        // Given
        AtomicLong taken = new AtomicLong();
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int n = 0; n < 50_000; n++) {
                    if (table.take(n % 3, 1, 10_000) == 0) {
                        taken.incrementAndGet();
                    }
                }
            });
        }

        // When
        for (Thread each : threads) {
            each.start();
        }
        for (Thread each : threads) {
            each.join();
        }

        // Then
        assertThat(taken).hasValue(3 * 10_000);
    }

    /** One a second, five at once. */
    private long take(long key) {
        return table.take(key, SECOND, 5 * SECOND);
    }
}
