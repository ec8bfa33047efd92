package io.offramp.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitingBodyTest {
    private static final int READ_BYTES = 64 << 10;

    private final WaitingBody waiting = new WaitingBody(UnpooledByteBufAllocator.DEFAULT);

    @AfterEach
    void drop() {
        waiting.drop();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2048, 0", "2049, 0", "16383, 0", "16384, 1", "65536, 1"})
    void shouldKeepNoReadBufferOfMoreThanFourTimesAPiece(int bytes, int kept) {
        // Given
        ByteBuf read = new PooledByteBufAllocator(true).directBuffer(READ_BYTES, READ_BYTES);
        for (int i = 0; i < READ_BYTES; i++) {
            read.writeByte(i);
        }

        // When: in slices of slices, as frames are cut
        waiting.add(read.slice().slice(0, bytes));
        waiting.add(read.slice(0, 3));
        read.release();

        // Then
        assertThat(read.refCnt()).isEqualTo(kept);
        ByteBuf all = Unpooled.buffer();
        while (waiting.hasPiece()) {
            ByteBuf piece = waiting.take();
            all.writeBytes(piece);
            piece.release();
        }
        byte[] expected = new byte[bytes + 3];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) (i < bytes ? i : i - bytes);
        }
        assertThat(ByteBufUtil.getBytes(all)).isEqualTo(expected);
        assertThat(read.refCnt()).isZero();
    }
}
