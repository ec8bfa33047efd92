package io.offramp.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptBodyTest {
    private static final int MOST = 1 << 20;

    private static void add(KeptBody body, int bytes) {
        ByteBuf piece = Unpooled.buffer(bytes).writeZero(bytes);
        body.add(piece);
        assertThat(piece.release()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, MOST})
    void shouldHoldNoMoreThanHasCome(long length) {
        KeptBody body = new KeptBody(MOST, length);
        assertThat(body.heldBytes()).isZero();

        add(body, 1);

        assertThat(body.heldBytes()).isBetween(1, 1024);
        add(body, 100_000);
        assertThat(body.heldBytes()).isBetween(100_001, 200_002);
    }

    @Test
    void shouldHoldNoMoreThanItsLength() {
        KeptBody body = new KeptBody(MOST, 1500);

        add(body, 1000);
        add(body, 500);

        assertThat(body.heldBytes()).isEqualTo(1500);
        assertThat(body.isWhole()).isTrue();
    }

    @Test
    void shouldHoldNothingOfABodyThatIsTooLarge() {
        KeptBody body = new KeptBody(10, -1);
        add(body, 10);

        add(body, 1);

        assertThat(body.heldBytes()).isZero();
        assertThat(body.isWhole()).isFalse();
    }
}
