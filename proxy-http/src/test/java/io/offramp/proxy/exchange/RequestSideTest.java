package io.offramp.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.Unpooled;
import io.offramp.proxy.exchange.RequestSide.State;
import io.offramp.proxy.message.Fields;
import org.junit.jupiter.api.Test;

class RequestSideTest {
    private final RequestSide request = new RequestSide();

    @Test
    void shouldFlowUntilItsBodyHasEnded() {
        assertThat(request.state()).isEqualTo(State.AWAITED);
        request.onHead(false);
        assertThat(request.state()).isEqualTo(State.HELD);
        request.onSent();
        assertThat(request.isFlowing()).isTrue();
        assertThat(request.isComplete()).isFalse();
        request.onBody(Unpooled.wrappedBuffer(new byte[7]));
        request.onEnd(Fields.NONE);
        assertThat(request.state()).isEqualTo(State.SENT);
        assertThat(request.isComplete()).isTrue();
        assertThat(request.bytes()).isEqualTo(7);
    }

    @Test
    void shouldBeCompleteWithItsHeadWhereItHasNoBody() {
        request.onHead(true);
        assertThat(request.isComplete()).isTrue();
        assertThat(request.state()).isEqualTo(State.HELD_WHOLE);
        request.onSent();
        assertThat(request.state()).isEqualTo(State.SENT);
    }

    @Test
    void shouldComeBackFromAServerThatHasNotActedOnIt() {
        // Given
        request.onHead(false);
        request.onSent();

        // When
        request.onReturned();

        // Then
        assertThat(request.state()).isEqualTo(State.HELD);
        request.onSent();
        assertThat(request.isFlowing()).isTrue();
    }

    @Test
    void shouldNotComeBackOnceSomeOfItsBodyHasGone() {
        request.onHead(false);
        request.onSent();
        request.onBody(Unpooled.wrappedBuffer(new byte[1]));
        assertThatIllegalStateException().isThrownBy(() -> request.onReturned()).withMessage("returned behind 1 bytes");
    }

    @Test
    void shouldBeHeldBackUntilTheClientIsToldToGoOnOrDoes() {
        request.onHead(false);
        request.onSent();
        assertThat(request.isHeldBack()).isTrue();
        request.onContinue();
        assertThat(request.isHeldBack()).isFalse();
    }

    @Test
    void shouldTakeNoStepThatItsStateDoesNotAllow() {
        assertThatIllegalStateException().isThrownBy(request::onSent);
        assertThatIllegalStateException().isThrownBy(() -> request.onEnd(Fields.NONE));
        request.onHead(true);
        assertThatIllegalStateException().isThrownBy(() -> request.onHead(true));
        assertThatIllegalStateException().isThrownBy(() -> request.onBody(Unpooled.wrappedBuffer(new byte[1])));
        assertThatIllegalStateException().isThrownBy(() -> request.onReturned());
    }
}
