package io.offramp.proxy.upstream.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which of a server's addresses is connected to, and when the next is tried. */
class ConnectRaceTest {
    private static final List<SocketAddress> ADDRESSES = List.of(
            new InetSocketAddress("127.0.0.1", 1),
            new InetSocketAddress("::1", 1),
            new InetSocketAddress("127.0.0.2", 1));

    /** Has the event loop and the time. */
    private final EmbeddedChannel clock = new EmbeddedChannel();

    private final List<Attempt> attempts = new ArrayList<>();
    private final ChannelHandler handler = new ChannelInboundHandlerAdapter();
    private @Nullable SocketAddress winner;
    private @Nullable Throwable failure;
    private int results;

    private record Attempt(EmbeddedChannel channel, SocketAddress address, int timeoutMs, ChannelPromise connected) {}

    private ConnectRace race(List<SocketAddress> addresses) {
        clock.freezeTime();
        ConnectRace race = new ConnectRace(
                this::connect,
                clock.eventLoop(),
                addresses,
                ByteBufAllocator.DEFAULT,
                1000,
                handler,
                new ConnectRace.Result() {
                    @Override
                    public void onConnected(Channel channel, SocketAddress address) {
                        results++;
                        winner = address;
                        assertThat(channel.pipeline().context(handler)).isNotNull();
                    }

                    @Override
                    public void onFailed(Throwable cause) {
                        results++;
                        failure = cause;
                    }
                });
        race.start();
        return race;
    }

    private ChannelFuture connect(
            EventLoop loop, SocketAddress to, ByteBufAllocator allocator, int timeoutMs, ChannelHandler place) {
        EmbeddedChannel channel = new EmbeddedChannel(place);
        Attempt attempt = new Attempt(channel, to, timeoutMs, channel.newPromise());
        attempts.add(attempt);
        return attempt.connected();
    }

    private void advance(long ms) {
        clock.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        clock.runScheduledPendingTasks();
    }

    @Test
    void shouldTakeTheFirstAddressWhenItAcceptsInTime() {
        race(ADDRESSES);
        advance(200);
        attempts.getFirst().connected().setSuccess();
        advance(1000);

        assertThat(winner).isEqualTo(ADDRESSES.getFirst());
        assertThat(attempts).hasSize(1);
        assertThat(results).isEqualTo(1);
    }

    @Test
    void shouldTryTheNextAtOnceWhenOneFails() {
        race(ADDRESSES);
        attempts.get(0).connected().setFailure(new ConnectException("refused"));
        assertThat(attempts).hasSize(2);
        attempts.get(1).connected().setSuccess();

        assertThat(winner).isEqualTo(ADDRESSES.get(1));
        assertThat(results).isEqualTo(1);
    }

    @Test
    void shouldTryTheNextBesideOneThatIsSlowAndCloseTheLoser() {
        race(ADDRESSES);
        advance(249);
        assertThat(attempts).hasSize(1);
        advance(1);
        assertThat(attempts).hasSize(2);
        attempts.get(1).connected().setSuccess();

        assertThat(winner).isEqualTo(ADDRESSES.get(1));
        assertThat(attempts.get(0).channel().isOpen()).isFalse();
        attempts.get(0).connected().setSuccess();
        assertThat(results).isEqualTo(1);
    }

    @Test
    void shouldGiveAllAddressesOneTimeTogether() {
        race(ADDRESSES);
        advance(250);
        advance(250);

        assertThat(attempts).extracting(Attempt::timeoutMs).containsExactly(1000, 750, 500);
    }

    @Test
    void shouldSayOnItsEventLoopThatNoChannelCouldBeMade() throws Exception {
        // Given: as Netty fails for want of descriptors
        try (DefaultEventLoop loop = new DefaultEventLoop()) {
            CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
            Connector exhausted = (on, to, allocator, timeoutMs, place) -> new DefaultChannelPromise(
                            new EmbeddedChannel(), GlobalEventExecutor.INSTANCE)
                    .setFailure(new IOException("too many open files"));
            ConnectRace race = new ConnectRace(
                    exhausted, loop, ADDRESSES, ByteBufAllocator.DEFAULT, 1000, handler, new ConnectRace.Result() {
                        @Override
                        public void onConnected(Channel channel, SocketAddress address) {
                            onLoop.completeExceptionally(new AssertionError("connected"));
                        }

                        @Override
                        public void onFailed(Throwable cause) {
                            onLoop.complete(loop.inEventLoop());
                        }
                    });

            // When
            loop.execute(race::start);

            // Then
            assertThat(onLoop.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void shouldFailOnceWhenNoAddressAccepts() {
        race(ADDRESSES);
        for (int i = 0; i < 3; i++) {
            attempts.get(i).connected().setFailure(new IOException("no " + i));
        }

        assertThat(failure).hasMessage("no 2");
        assertThat(results).isEqualTo(1);
    }

    @Test
    void shouldCloseEverythingAndSayNothingWhenItIsCalledOff() {
        ConnectRace race = race(ADDRESSES);
        advance(250);

        race.cancel();
        attempts.forEach(attempt -> attempt.connected().trySuccess());
        advance(1000);

        assertThat(attempts).hasSize(2).allMatch(attempt -> !attempt.channel().isOpen());
        assertThat(results).isZero();
    }
}
