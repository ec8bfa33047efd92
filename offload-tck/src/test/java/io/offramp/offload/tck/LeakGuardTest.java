package io.offramp.offload.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakGuardTest {
    @Test
    void shouldNameEachBufferThatWasNotReleased() {
        assertThat(LeakGuard.takeLeaks()).isEmpty();

        PooledByteBufAllocator.DEFAULT.directBuffer(100).writeByte(1);
        UnpooledByteBufAllocator.DEFAULT.directBuffer(100);
        PooledByteBufAllocator.DEFAULT.directBuffer(100).release();

        assertThat(LeakGuard.takeLeaks()).hasSize(2).anyMatch(leak -> leak.contains("LeakGuardTest"));
        assertThat(LeakGuard.takeLeaks()).isEmpty();
    }
}
