package io.offramp.proxy.channel;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection behind its last writes: in order, or with a reset if the stream was cut and must not look complete.
 * A peer that does not read them gets a limited time. Confined to the event loop.
 */
public final class LastWrites {
    private static final long LOOK_MS = 50;

    /** Longer than a kernel waits before it probes a peer that has closed its window. */
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Channel channel;
    private final boolean reset;
    private final long limitNs;
    private final Deadline deadline;
    private long pendingBytes;
    private long quietSinceNs = Long.MAX_VALUE;

    private LastWrites(Channel channel, boolean reset, long limitNs) {
        this.channel = channel;
        this.reset = reset;
        this.limitNs = limitNs;
        deadline = new Deadline(channel.eventLoop(), limitNs, this::onDeadline);
    }

    /**
     * Flushes, and ends the connection when all is out.
     *
     * @param ctx of the handler that writes
     * @param reset true to end with a reset
     * @param limitNs time for a peer that does not read
     */
    public static void end(ChannelHandlerContext ctx, boolean reset, long limitNs) {
        Channel channel = ctx.channel();
        LastWrites last = new LastWrites(channel, reset, limitNs);
        channel.closeFuture().addListener(closed -> last.deadline.cancel());
        if (channel.isActive()) {
            last.pendingBytes = pending(channel);
            last.deadline.in(limitNs);
        }
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> last.onWritten());
    }

    private void onWritten() {
        if (!reset) {
            channel.close();
        } else if (channel instanceof EpollSocketChannel socket && socket.isActive()) {
            deadline.in(limitNs);
            awaitKernel(socket);
        } else {
            Abort.close(channel);
        }
    }

    /**
     * A reset destroys bytes that the kernel has not sent yet, so its queue must be empty, and not only between two
     * probes.
     */
    private void awaitKernel(EpollSocketChannel socket) {
        if (!socket.isActive()) {
            return;
        }
        long nowNs = channel.eventLoop().ticker().nanoTime();
        if (!isQuiet(socket)) {
            quietSinceNs = Long.MAX_VALUE;
        } else if (quietSinceNs == Long.MAX_VALUE) {
            quietSinceNs = nowNs;
        } else if (nowNs - quietSinceNs >= QUIET_NS) {
            Abort.close(channel);
            return;
        }
        channel.eventLoop().schedule(() -> awaitKernel(socket), LOOK_MS, TimeUnit.MILLISECONDS);
    }

    private static boolean isQuiet(EpollSocketChannel socket) {
        try {
            EpollTcpInfo info = socket.tcpInfo();
            return info.unacked() == 0 && info.probes() == 0 && info.backoff() == 0;
        } catch (ChannelException e) {
            return true; // it has closed meanwhile
        }
    }

    private void onDeadline() {
        long before = pendingBytes;
        pendingBytes = pending(channel);
        if (pendingBytes > 0 && pendingBytes < before) {
            deadline.in(limitNs);
        } else {
            Abort.close(channel);
        }
    }

    private static long pending(Channel channel) {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        return unsent == null ? 0 : unsent.totalPendingWriteBytes();
    }
}
