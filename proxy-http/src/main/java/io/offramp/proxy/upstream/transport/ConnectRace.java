package io.offramp.proxy.upstream.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of a server's addresses that accepts: the next is tried when one has failed, or has not
 * answered for a while, and all have one time together (RFC 8305 §5). Confined to the event loop.
 */
public final class ConnectRace {
    /** RFC 8305 §8: Connection Attempt Delay. */
    static final long ATTEMPT_DELAY_MS = 250;

    private final Connector connector;
    private final EventLoop loop;
    private final List<SocketAddress> addresses;
    private final ByteBufAllocator allocator;
    private final ChannelHandler handler;
    private final Result result;
    private final long endNs;
    private final List<Channel> attempts = new ArrayList<>(2);
    private @Nullable Future<?> timer;
    private int next;
    private boolean over;

    /** Gets the result once, unless the race was cancelled. */
    public interface Result {
        /** The handler is in place at {@code address}. */
        void onConnected(Channel channel, SocketAddress address);

        /** No address accepted; {@code cause} is the last one's. */
        void onFailed(Throwable cause);
    }

    /**
     * @param addresses in order of preference, at least one
     * @param timeoutMs for all of them
     * @param handler of the connection, the pipeline's only one
     */
    public ConnectRace(
            Connector connector,
            EventLoop loop,
            List<SocketAddress> addresses,
            ByteBufAllocator allocator,
            int timeoutMs,
            ChannelHandler handler,
            Result result) {
        this.connector = connector;
        this.loop = loop;
        this.addresses = addresses;
        this.allocator = allocator;
        this.handler = handler;
        this.result = result;
        endNs = nowNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    /** Begins with the first address. */
    public void start() {
        tryNext();
    }

    /** Cancels it; no result follows. */
    public void cancel() {
        over = true;
        stopTimer();
        List.copyOf(attempts).forEach(Channel::close);
    }

    private void tryNext() {
        stopTimer();
        SocketAddress address = addresses.get(next++);
        // Until one has won, the channels have a handler that does nothing.
        ChannelHandler place = addresses.size() == 1 ? handler : new ChannelInboundHandlerAdapter();
        int leftMs = (int) TimeUnit.NANOSECONDS.toMillis(endNs - nowNs());
        ChannelFuture connected = connector.connect(loop, address, allocator, Math.max(1, leftMs), place);
        attempts.add(connected.channel());
        if (next < addresses.size()) {
            timer = loop.schedule(this::tryNext, ATTEMPT_DELAY_MS, TimeUnit.MILLISECONDS);
        }
        connected.addListener(done -> onLoop(() -> onAttempt(connected, address, place)));
    }

    /** A channel that could not be made for lack of descriptors fails on a thread of Netty's own. */
    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    private void onAttempt(ChannelFuture attempt, SocketAddress address, ChannelHandler place) {
        attempts.remove(attempt.channel());
        if (over) {
            attempt.channel().close();
        } else if (attempt.isSuccess()) {
            cancel();
            if (place != handler) {
                attempt.channel().pipeline().replace(place, null, handler);
            }
            result.onConnected(attempt.channel(), address);
        } else if (next < addresses.size() && nowNs() < endNs) {
            tryNext();
        } else if (attempts.isEmpty()) {
            cancel();
            result.onFailed(next < addresses.size() ? new ConnectTimeoutException("timeout") : attempt.cause());
        }
    }

    private long nowNs() {
        return loop.ticker().nanoTime();
    }

    private void stopTimer() {
        Future<?> last = timer;
        timer = null;
        if (last != null) {
            last.cancel(false);
        }
    }
}
