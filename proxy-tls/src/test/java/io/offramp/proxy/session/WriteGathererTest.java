package io.offramp.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteGathererTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<ByteBuf> sealed = new ArrayList<>();
    private final List<ChannelPromise> promises = new ArrayList<>();
    private final WriteGatherer gatherer = new WriteGatherer(UnpooledByteBufAllocator.DEFAULT, (plaintext, promise) -> {
        sealed.add(plaintext);
        promises.add(promise);
    });

    @AfterEach
    void release() {
        sealed.forEach(buffer -> assertThat(buffer.release()).isTrue());
    }

    @Test
    void shouldPutHeadAndShortBodyTogether() {
        ChannelPromise first = channel.newPromise();
        ChannelPromise second = channel.newPromise();

        ByteBuf head = bytes(150, 1).retain();

        gatherer.write(head, first);
        gatherer.write(bytes(1024, 2), second);
        gatherer.flush();

        assertThat(head.writerIndex()).as("is not ours to write to").isEqualTo(150);
        assertThat(head.release()).isTrue();

        assertThat(sealed).hasSize(1);
        assertThat(sealed.getFirst().readableBytes()).isEqualTo(1174);
        assertThat(sealed.getFirst().getByte(149)).isEqualTo((byte) 1);
        assertThat(sealed.getFirst().getByte(150)).isEqualTo((byte) 2);
        promises.getFirst().setSuccess();
        assertThat(first.isSuccess()).isTrue();
        assertThat(second.isSuccess()).isTrue();
    }

    @Test
    void shouldPassASingleWriteWithoutACopy() {
        ByteBuf only = bytes(100, 1);

        gatherer.write(only, channel.newPromise());
        gatherer.flush();

        assertThat(sealed).hasSize(1);
        assertThat(sealed.getFirst()).as("buffers are equal by their content").isSameAs(only);
    }

    @Test
    void shouldPassALargeWriteAtOnceAndInOrder() {
        ByteBuf large = bytes(64 << 10, 2);

        gatherer.write(bytes(10, 1), channel.newPromise());
        gatherer.write(large, channel.newPromise());

        assertThat(sealed).hasSize(2);
        assertThat(sealed.get(1)).isSameAs(large);
    }

    @Test
    void shouldHoldUpToItsLimits() {
        for (int i = 0; i < 4; i++) {
            gatherer.write(bytes(2048, i), channel.newPromise());
        }
        assertThat(sealed).as("8 KiB in writes of 2 KiB").isEmpty();

        gatherer.write(bytes(2049, 4), channel.newPromise());

        assertThat(sealed).extracting(ByteBuf::readableBytes).containsExactly(8192, 2049);
    }

    @Test
    void shouldNotHoldMoreThanItsLimit() {
        for (int i = 0; i < 20; i++) {
            gatherer.write(bytes(2000, i), channel.newPromise());
        }
        gatherer.flush();

        assertThat(sealed.stream().mapToInt(ByteBuf::readableBytes).sum()).isEqualTo(40_000);
        assertThat(sealed)
                .allSatisfy(buffer -> assertThat(buffer.readableBytes()).isLessThanOrEqualTo(8192));
    }

    @Test
    void shouldFailAndReleaseWhatIsDropped() {
        ByteBuf held = bytes(10, 1);
        ChannelPromise promise = channel.newPromise();
        gatherer.write(held, promise);

        gatherer.drop();
        gatherer.flush();

        assertThat(held.refCnt()).isZero();
        assertThat(promise.isDone()).isTrue();
        assertThat(promise.isSuccess()).isFalse();
        assertThat(sealed).isEmpty();
    }

    private static ByteBuf bytes(int count, int value) {
        ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.directBuffer(count);
        for (int i = 0; i < count; i++) {
            buffer.writeByte(value);
        }
        return buffer;
    }
}
