package io.offramp.proxy.http2.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.channel.TurnFlush;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameBurstTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ArrayDeque<Runnable> queued = new ArrayDeque<>();
    private final FrameBurst burst = new FrameBurst(this::writeOne);

    FrameBurstTest() {
        burst.begin(channel.pipeline().firstContext(), new TurnFlush(channel.eventLoop()));
    }

    @AfterEach
    void close() {
        burst.close();
        channel.finishAndReleaseAll();
    }

    private void writeOne() {
        if (!queued.isEmpty()) {
            queued.removeFirst().run();
        }
    }

    private void frame(int number) {
        burst.room(1, 0).writeByte(number);
    }

    private String sent() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            while (out.isReadable()) {
                all.append(out.readByte());
            }
            out.release();
        }
        return all.toString();
    }

    @Test
    void shouldWriteWhatIsQueuedAtTheEndOfTheTurn() {
        queued.add(() -> frame(1));

        burst.queued();

        assertThat(sent()).isEmpty();
        channel.runPendingTasks();
        assertThat(sent()).isEqualTo("1");
    }

    @Test
    void shouldWriteWhatIsQueuedWithinAFlushAtItsEnd() {
        queued.add(() -> {
            frame(1);
            queued.add(() -> frame(2));
            burst.queued();
        });

        burst.flush();

        assertThat(sent()).isEqualTo("12");
    }

    @Test
    void shouldPassAllFramesBetweenTwoFlushesTogether() {
        frame(1);
        frame(2);
        burst.flush();

        assertThat(channel.outboundMessages()).hasSize(1);
        assertThat(sent()).isEqualTo("12");
    }
}
