package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuietTrimTest {
    private static final long MIB = 1 << 20;
    private static final long WARM = 160 * MIB;
    private static final long PEAK = 480 * MIB;

    private long nowNs;
    private long usedHeap = 10 * MIB;
    private long resident = WARM;
    private long residentAfter = WARM;
    private int trims;

    private final QuietTrim quiet = new QuietTrim(() -> nowNs, () -> usedHeap, () -> resident, () -> {
        trims++;
        resident = residentAfter;
    });

    /** Looks once a second, as long as this. */
    private void pass(int seconds, long allocatedEachSecond) {
        for (int second = 0; second < seconds; second++) {
            nowNs += TimeUnit.SECONDS.toNanos(1);
            usedHeap += allocatedEachSecond;
            quiet.look();
        }
    }

    @Test
    void shouldGiveBackOnceAfterAPeak() {
        // Given
        resident = PEAK;

        // When
        pass(QuietTrim.QUIET_SECONDS - 1, 0);
        assertThat(trims).isZero();
        pass(1, 0);

        // Then
        assertThat(trims).isEqualTo(1);
        pass(1000, 0);
        assertThat(trims).isEqualTo(1);
    }

    @Test
    void shouldGiveBackNothingWithoutGrowth() {
        // When
        resident = WARM + WARM / 5;
        pass(100, 1000);

        // Then
        assertThat(trims).isZero();
    }

    @Test
    void shouldGiveBackNothingWhileThereIsWork() {
        // Given
        resident = PEAK;

        // When
        pass(100, MIB);

        // Then
        assertThat(trims).isZero();
    }

    @Test
    void shouldNotTakeACollectionForQuiet() {
        // Given
        resident = PEAK;

        // When
        for (int turn = 0; turn < 20; turn++) {
            pass(QuietTrim.QUIET_SECONDS / 2, 1000);
            usedHeap = 10 * MIB;
        }

        // Then
        assertThat(trims).isZero();
    }

    @Test
    void shouldGiveBackAgainAfterNewGrowth() {
        // Given
        resident = PEAK;
        pass(QuietTrim.QUIET_SECONDS, 0);

        // When
        pass(10, 10 * MIB);
        resident = PEAK;
        pass(QuietTrim.QUIET_SECONDS + 1, 0);

        // Then
        assertThat(trims).isEqualTo(2);
    }

    @Test
    void shouldNotTryAgainAtEachLookAfterAFailure() {
        // Given
        QuietTrim failing = new QuietTrim(() -> nowNs, () -> usedHeap, () -> resident, () -> {
            trims++;
            throw new IllegalStateException("no such command");
        });
        resident = PEAK;
        nowNs += TimeUnit.SECONDS.toNanos(QuietTrim.QUIET_SECONDS);
        assertThatThrownBy(failing::look).isInstanceOf(IllegalStateException.class);

        // When
        for (int second = 0; second < 1000; second++) {
            nowNs += TimeUnit.SECONDS.toNanos(1);
            failing.look();
        }

        // Then
        assertThat(trims).isEqualTo(1);
    }

    @Test
    void shouldTakeWhatCannotBeGivenBackAsNeeded() {
        // Given
        residentAfter = PEAK;
        resident = PEAK;

        // When
        pass(1000, 0);

        // Then
        assertThat(trims).isEqualTo(1);
    }
}
