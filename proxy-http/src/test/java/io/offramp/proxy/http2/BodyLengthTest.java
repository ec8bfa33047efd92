package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.message.BodyFields;
import org.junit.jupiter.api.Test;

class BodyLengthTest {
    @Test
    void shouldTakeWhatWasDeclaredAndNoMore() {
        BodyLength body = BodyLength.of(5);

        assertThat(body.take(3)).isTrue();
        assertThat(body.isWhole()).isFalse();
        assertThat(body.left()).isEqualTo(2);
        assertThat(body.take(3)).isFalse();
        assertThat(body.take(2)).isTrue();
        assertThat(body.isWhole()).isTrue();
        assertThat(body.take(0)).isTrue();
        assertThat(body.take(1)).isFalse();
    }

    @Test
    void shouldTakeAnyLengthIfNoneWasDeclared() {
        BodyLength body = BodyLength.of(BodyFields.NONE);

        assertThat(body.isWhole()).isTrue();
        assertThat(body.take(Integer.MAX_VALUE)).isTrue();
        assertThat(body.isWhole()).isTrue();
        assertThat(body.left()).isZero();
    }

    @Test
    void shouldTakeNothingIfZeroWasDeclared() {
        assertThat(BodyLength.of(0).take(1)).isFalse();
        assertThat(BodyLength.of(0).isWhole()).isTrue();
    }
}
