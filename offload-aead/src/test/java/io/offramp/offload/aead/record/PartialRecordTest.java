package io.offramp.offload.aead.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.record.RecordFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartialRecordTest {
    private static final int FRAGMENT_BYTES = 40;
    private static final int RECORD_BYTES = RecordFormat.HEADER_BYTES + FRAGMENT_BYTES;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final PartialRecord partial = new PartialRecord(allocator, RecordFormat.TLS_1_3);
    private final ByteBuf wire = allocator.directBuffer();

    @AfterEach
    void shouldLeaveNoBuffer() {
        partial.take().release();
        wire.release();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void shouldTakeNoMoreThanOneRecordWhereverItIsCut() {
        for (int cut = 0; cut < RECORD_BYTES; cut++) {
            writeRecord(FRAGMENT_BYTES).writeByte(99);
            ByteBuf first = wire.readSlice(cut);

            assertThat(partial.fill(first)).as("cut at %d", cut).isNull();
            assertThat(partial.bytes()).isEqualTo(cut);
            ByteBuf record = partial.fill(wire);

            assertThat(record).isNotNull();
            assertThat(record.readableBytes()).isEqualTo(RECORD_BYTES);
            assertThat(record.capacity()).as("held in no more than it needs").isEqualTo(RECORD_BYTES);
            assertThat(partial.bytes()).isZero();
            assertThat(wire.readByte()).isEqualTo((byte) 99);
            record.release();
            wire.clear();
        }
    }

    @Test
    void shouldRefuseAHeaderAsSoonAsItIsThere() {
        writeRecord(RecordFormat.TLS_1_3.maxFragmentBytes() + 1);
        assertThat(partial.fill(wire.readSlice(RecordFormat.HEADER_BYTES - 1))).isNull();

        assertThatThrownBy(() -> partial.fill(wire)).isInstanceOf(RecordFormatException.class);

        assertThat(partial.bytes()).as("held until it is taken").isEqualTo(RecordFormat.HEADER_BYTES);
    }

    private ByteBuf writeRecord(int fragmentBytes) {
        RecordHeader.write(wire, 0, 23, fragmentBytes);
        return wire.writerIndex(RecordFormat.HEADER_BYTES).writeZero(FRAGMENT_BYTES);
    }
}
