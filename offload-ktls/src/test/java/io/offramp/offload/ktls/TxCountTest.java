package io.offramp.offload.ktls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TxCountTest {
    private static final int OVERHEAD = 22;
    private static final int START = 300;

    private final TxCount count = new TxCount(START, 7, OVERHEAD);

    @Test
    void shouldCountByTheRuleWhatNobodyWasAskedOf() {
        count.onSealed(3, 40_000);
        assertThat(count.nextSequence()).isEqualTo(10);
        assertThat(count.sentSequence()).isEqualTo(7);
        assertThat(count.wirePosition()).isEqualTo(START + 40_000 + 3 * OVERHEAD);

        count.onSent(3);
        assertThat(count.sentSequence()).isEqualTo(10);
        assertThat(count.nextSequence()).isEqualTo(10);
    }

    @Test
    void shouldFollowTheKernelWhileMoreWaits() {
        // Given: two writes, of which the first becomes five records instead of three
        count.onSealed(3, 40_000);
        count.onSealed(1, 100);

        // When
        count.onSent(3, 12);

        // Then
        assertThat(count.sentSequence()).isEqualTo(12);
        assertThat(count.nextSequence()).isEqualTo(13);
        assertThat(count.wirePosition()).isEqualTo(START + 40_100 + 6 * OVERHEAD);
        count.onSent(1, 13);
        assertThat(count.nextSequence()).isEqualTo(13);
    }

    @Test
    void shouldGiveBackWhatWasCountedTooHigh() {
        count.onSealed(1_000, 1_000);
        count.onSent(1_000, 9);

        assertThat(count.nextSequence()).isEqualTo(9);
        assertThat(count.wirePosition()).isEqualTo(START + 1_000 + 2 * OVERHEAD);
    }

    @Test
    void shouldNotCountRecordsOfTheKeyBeforeForTheNext() {
        // Given: sealed under one key, and more under the next
        count.onSealed(2, 20_000);
        count.onRekeyed();
        count.onSealed(1, 10);

        // When: the first become four records
        count.onSent(2, 11);
        count.onKeySent();
        count.onSent(1, 1);

        // Then
        assertThat(count.nextSequence()).isEqualTo(1);
        assertThat(count.sentSequence()).isEqualTo(1);
        assertThat(count.wirePosition()).isEqualTo(START + 20_010 + 5 * OVERHEAD);
    }
}
