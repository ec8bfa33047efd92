package io.offramp.offload.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecordBoundaryTest {
    private static final RecordBoundary AT = RecordBoundary.start(Direction.RX).movedTo(1_000, 7);

    @Test
    void shouldStartInFrontOfTheFirstByte() {
        RecordBoundary start = RecordBoundary.start(Direction.TX);

        assertThat(start.direction()).isEqualTo(Direction.TX);
        assertThat(start.wirePosition()).isZero();
        assertThat(start.nextSequence()).isZero();
    }

    @Test
    void shouldStayInItsDirection() {
        assertThat(AT.direction()).isEqualTo(Direction.RX);
    }

    @Test
    void shouldCountRecordsAnewUnderAnotherKey() {
        assertThat(AT.movedTo(1_500, 0).nextSequence()).isZero();
    }

    @Test
    void shouldNotGoBackInTheStream() {
        assertThatThrownBy(() -> AT.movedTo(999, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("byte 999 is in front of RecordBoundary[direction=RX, wirePosition=1000, nextSequence=7]");
    }

    @Test
    void shouldEqualAnotherAtTheSamePlaceOnly() {
        assertThat(RecordBoundary.start(Direction.RX).movedTo(1_000, 7))
                .isEqualTo(AT)
                .hasSameHashCodeAs(AT)
                .isNotEqualTo(RecordBoundary.start(Direction.TX).movedTo(1_000, 7))
                .isNotEqualTo(AT.movedTo(1_000, 8))
                .isNotEqualTo(AT.movedTo(1_001, 7));
    }
}
