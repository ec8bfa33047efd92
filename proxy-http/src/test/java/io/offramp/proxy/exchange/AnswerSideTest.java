package io.offramp.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.offramp.proxy.exchange.AnswerSide.State;
import org.junit.jupiter.api.Test;

class AnswerSideTest {
    private final AnswerSide answer = new AnswerSide();

    @Test
    void shouldKnowStatusAndBytesToTheEnd() {
        // Given
        assertThat(answer.state()).isEqualTo(State.AWAITED);
        answer.onHead(203);
        answer.onBody(5);
        answer.onBody(6);
        assertThat(answer.state()).isEqualTo(State.BEGUN);

        // When
        answer.onOver();

        // Then
        assertThat(answer.isOver()).isTrue();
        assertThat(answer.status()).isEqualTo(203);
        assertThat(answer.bytes()).isEqualTo(11);
    }

    @Test
    void shouldBeOverWithoutHavingBegun() {
        answer.onOver();
        assertThat(answer.isBegun()).isFalse();
        assertThat(answer.status()).isZero();
    }

    @Test
    void shouldBeginAndEndOnce() {
        answer.onHead(200);
        assertThatIllegalStateException().isThrownBy(() -> answer.onHead(200));
        answer.onOver();
        assertThatIllegalStateException().isThrownBy(answer::onOver);
    }
}
