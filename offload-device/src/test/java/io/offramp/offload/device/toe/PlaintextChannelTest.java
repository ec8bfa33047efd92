package io.offramp.offload.device.toe;

import static io.offramp.offload.device.toe.ToeFixture.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the host sees of a connection that the device owns. */
class PlaintextChannelTest {
    private static final String KIB = "x".repeat(1024);

    private final ToeFixture link = new ToeFixture();

    @AfterEach
    void close() {
        link.close();
    }

    @Test
    void shouldBeActiveWithTheAddressesAndMarksOfTheDevices() {
        assertThat(link.front.seen).containsExactly("active");
        assertThat(link.host.remoteAddress()).isEqualTo(link.device.remoteAddress());
        assertThat(link.host.localAddress()).isEqualTo(link.device.localAddress());
        assertThat(link.host.config().getWriteBufferHighWaterMark()).isEqualTo(ToeFixture.HIGH_MARK);
        assertThat(link.host.alloc()).isSameAs(link.device.alloc());
    }

    @Test
    void shouldPassABurstWithOneReadComplete() {
        link.front.seen.clear();
        link.receive("a", "b", "c");
        link.receive("d");
        link.run();

        assertThat(link.front.seen).containsExactly("a", "b", "c", "d");
        assertThat(link.front.bursts).isEqualTo(1);
    }

    @Test
    void shouldPassWritesInOrderAndCompleteThem() {
        ChannelFuture first = link.host.write(buffer("a"));
        link.host.write(buffer("b"), link.host.voidPromise());
        ChannelFuture last = link.host.writeAndFlush(Unpooled.EMPTY_BUFFER);
        link.run();

        assertThat(link.socket.taken).containsExactly("a", "b", "");
        assertThat(first.isSuccess()).isTrue();
        assertThat(last.isSuccess()).isTrue();
    }

    @Test
    void shouldPassBuffersByReference() {
        ByteBuf plaintext = buffer("a");
        link.socket.open(false);
        link.host.writeAndFlush(plaintext);
        link.run();
        plaintext.setByte(0, 'z');
        link.socket.open(true);

        assertThat(link.socket.taken).containsExactly("z");
        assertThat(plaintext.refCnt()).isZero();
    }

    @Test
    void shouldRefuseWhatIsNoBuffer() {
        ChannelFuture written = link.host.writeAndFlush("text");

        assertThat(written.cause()).isInstanceOf(IllegalArgumentException.class);
        assertThat(link.host.isActive()).isTrue();
    }

    @Test
    void shouldHaveTheSocketReadNoFurtherWhileTheHostDoesNotRead() {
        link.host.config().setAutoRead(false);
        int sent = 0;
        while (link.device.config().isAutoRead()) {
            link.receive(KIB);
            sent++;
            link.run();
        }
        assertThat(sent).isEqualTo(DeviceEnd.HIGH_BYTES / 1024 + 1);
        assertThat(link.front.seen).containsExactly("active");

        link.host.config().setAutoRead(true);
        link.run();

        assertThat(link.front.seen).hasSize(1 + sent);
        assertThat(link.device.config().isAutoRead()).isTrue();
    }

    @Test
    void shouldGoOnReadingWhenTheHostTookAllBeforeItSawThePause() {
        for (int i = 0; i < 3 * DeviceEnd.HIGH_BYTES / 1024; i++) {
            link.receive(KIB);
            link.runHost();
        }
        link.run();

        assertThat(link.device.config().isAutoRead()).isTrue();
        assertThat(link.front.seen).hasSize(1 + 3 * DeviceEnd.HIGH_BYTES / 1024);
    }

    @Test
    void shouldDeliverOneMessageForEachReadWithoutAutoRead() {
        link.front.seen.clear();
        link.host.config().setAutoRead(false);
        link.receive("a", "b");
        link.run();
        assertThat(link.front.seen).isEmpty();

        link.host.read();
        link.run();
        assertThat(link.front.seen).containsExactly("a");

        link.host.read();
        link.run();
        assertThat(link.front.seen).containsExactly("a", "b");
    }

    @Test
    void shouldBeUnwritableUntilTheSocketHasTakenWhatWasWritten() {
        link.front.seen.clear();
        link.socket.open(false);
        ChannelFuture written = link.host.writeAndFlush(buffer("x".repeat(ToeFixture.HIGH_MARK + 1)));
        link.run();
        assertThat(link.host.isWritable()).isFalse();
        assertThat(written.isDone()).isFalse();

        link.socket.open(true);
        link.run();

        assertThat(link.host.isWritable()).isTrue();
        assertThat(written.isSuccess()).isTrue();
        assertThat(link.front.seen).containsExactly("unwritable", "writable");
    }

    @Test
    void shouldHoldNoPlaintextThatTheDeviceHasSealed() {
        ByteBuf plaintext = buffer(KIB);
        ChannelFuture written = link.host.writeAndFlush(plaintext);
        link.runDevice();

        assertThat(plaintext.refCnt()).isZero();
        assertThat(written.isDone()).isFalse();
    }

    @Test
    void shouldEndInputBehindTheDataAndGoOnWriting() {
        link.front.seen.clear();
        link.receive("a");
        link.device.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        link.run();
        link.host.writeAndFlush(buffer("answer"));
        link.run();

        assertThat(link.front.seen).containsExactly("a", "end");
        assertThat(((DuplexChannel) link.host).isInputShutdown()).isTrue();
        assertThat(link.socket.taken).containsExactly("answer");
        assertThat(link.host.isActive()).isTrue();
    }

    @Test
    void shouldEndOutputBehindWhatWasWrittenAndGoOnReading() {
        link.front.seen.clear();
        link.socket.open(false);
        link.host.write(buffer("a"));
        ChannelFuture ended = ((DuplexChannel) link.host).shutdownOutput();
        ChannelFuture again = ((DuplexChannel) link.host).shutdownOutput();
        ChannelFuture late = link.host.writeAndFlush(buffer("late"));
        link.run();
        assertThat(ended.isDone()).isFalse();

        link.socket.open(true);
        link.receive("b");
        link.run();

        assertThat(ended.isSuccess()).isTrue();
        assertThat(again.isSuccess()).isTrue();
        assertThat(late.cause()).isInstanceOf(ChannelOutputShutdownException.class);
        assertThat(link.socket.taken).containsExactly("a", "end");
        assertThat(link.front.seen).containsExactly("b");
    }

    @Test
    void shouldBeInactiveWithoutAnEndBehindTheDataOfALostConnection() {
        link.front.seen.clear();
        link.receive("a");
        link.device.close();
        link.run();

        assertThat(link.front.seen).containsExactly("a", "inactive");
        assertThat(link.host.isOpen()).isFalse();
    }

    @Test
    void shouldBeInactiveAtOnceWhenTheConnectionOfAHostThatDoesNotReadIsLost() {
        link.front.seen.clear();
        link.host.config().setAutoRead(false);
        ChannelFuture never = hold("b");
        link.receive("a");
        link.device.pipeline().fireExceptionCaught(new IllegalStateException("broken"));
        link.socket.open(true);
        link.device.close();
        link.run();

        assertThat(link.front.seen).containsExactly("inactive");
        assertThat(never.isDone()).isTrue();
    }

    private ChannelFuture hold(String text) {
        link.socket.open(false);
        ChannelFuture written = link.host.writeAndFlush(buffer(text));
        link.runDevice();
        return written;
    }

    @Test
    void shouldTellOfAFaultBehindTheData() {
        link.front.seen.clear();
        link.receive("a");
        link.device.pipeline().fireExceptionCaught(new IllegalStateException("bad record"));
        link.run();

        assertThat(link.front.seen).containsExactly("a", "bad record");
    }

    @Test
    void shouldWriteNothingBehindAFault() {
        ByteBuf plaintext = buffer("a");
        link.host.writeAndFlush(plaintext);
        link.device.pipeline().fireExceptionCaught(new IllegalStateException("bad record"));
        link.run();
        link.host.close();
        link.run();

        assertThat(link.socket.taken).containsExactly("close");
        assertThat(plaintext.refCnt()).isZero();
    }

    @Test
    void shouldPassEventsToAHostThatDoesNotRead() {
        link.front.seen.clear();
        link.host.config().setAutoRead(false);
        link.receive("a");
        link.device.pipeline().fireUserEventTriggered("drain");
        link.run();

        assertThat(link.front.seen).containsExactly("drain");
    }

    @Test
    void shouldCloseBehindEverythingThatWasWritten() {
        link.socket.open(false);
        link.host.writeAndFlush(buffer("a"));
        link.host.write(buffer("not flushed"));
        link.host.close();
        link.run();
        assertThat(link.host.isOpen()).isFalse();
        assertThat(link.device.isOpen()).isTrue();

        link.socket.open(true);
        link.run();

        assertThat(link.socket.taken).containsExactly("a", "not flushed", "close");
        assertThat(link.device.isOpen()).isFalse();
        assertThat(link.front.seen).containsExactly("active", "inactive");
    }

    @Test
    void shouldResetPastTheFirmware() {
        link.host.config().setOption(ChannelOption.SO_LINGER, 0);
        link.host.pipeline().firstContext().close();
        link.run();

        assertThat(link.device.isOpen()).isFalse();
        assertThat(link.socket.taken).as("what the first handler saw").isEmpty();
    }

    @Test
    void shouldReleaseWhatComesBehindItsClose() {
        link.receive("a");
        link.host.close();
        link.receive("b");
        link.run();

        assertThat(link.front.seen).doesNotContain("a", "b");
    }

    @Test
    void shouldCloseTheDevicesConnectionWhenAWriteIsLost() {
        link.socket.open(false);
        link.host.writeAndFlush(buffer("a"));
        link.run();

        link.device.unsafe().close(link.device.voidPromise());
        link.run();

        assertThat(link.host.isOpen()).isFalse();
        link.socket.open(true);
    }

    @Test
    void shouldCloseTheDevicesConnectionWhenTheHostsLoopHasEnded() throws InterruptedException {
        DefaultEventLoop ended = new DefaultEventLoop();
        ended.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();

        assertThat(link.present(ended, new ToeFixture.Front()).isOpen()).isFalse();
        link.receive("a");
        link.run();

        assertThat(link.device.isOpen()).isFalse();
    }
}
