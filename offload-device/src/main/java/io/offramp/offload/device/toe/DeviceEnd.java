package io.offramp.offload.device.toe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.function.Supplier;

/**
 * The last handler of a device's connection: what comes out of the firmware goes to the host, what the host has written
 * goes in. Confined to the device's thread, except for the values that the host reads.
 */
final class DeviceEnd extends ChannelInboundHandlerAdapter {
    /** This much may wait for the host, and one read more, before the socket is no longer read. */
    static final int HIGH_BYTES = 128 << 10;

    /** When the host has left no more than this, the socket is read again. */
    private static final int LOW_BYTES = HIGH_BYTES / 2;

    /** Written bytes are reported to the host in steps of this size, and at the end of a burst. */
    private static final int STEP_BYTES = 32 << 10;

    private final Lane toHost = new Lane();
    private final Supplier<ChannelFuture> endOutput;
    private final PlaintextChannel host;
    private final Doorbell doorbell;
    private ChannelHandlerContext ctx;
    private long sentBytes;
    private int received;
    private int stepBytes;
    private boolean broken;
    private volatile boolean paused;
    private volatile int written;
    private volatile boolean closed;

    /** @param endOutput ends what the firmware sends */
    @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded
    DeviceEnd(Channel device, Supplier<ChannelFuture> endOutput, EventLoop hostLoop) {
        this.endOutput = endOutput;
        this.host = new PlaintextChannel(device, this, hostLoop);
        this.doorbell = new Doorbell(
                device.eventLoop(), this::work, () -> host.toDevice().clear());
    }

    /** The other end. */
    PlaintextChannel host() {
        return host;
    }

    /** The lane that the host takes from. */
    Lane toHost() {
        return toHost;
    }

    /** Any thread: looks at what is new at the host's end, on the device's. */
    Doorbell doorbell() {
        return doorbell;
    }

    /** Any thread: whether the host has to ring when it has taken something. */
    boolean isPaused() {
        return paused;
    }

    /** Any thread: how many messages of the host are out of the socket, or handed to the kernel; wraps around. */
    int written() {
        return written;
    }

    /** Any thread: true once nothing further comes. */
    boolean isClosed() {
        return closed;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf plaintext = (ByteBuf) message;
        sentBytes += plaintext.readableBytes();
        toHost.offer(plaintext);
        if (!paused && sentBytes - host.takenBytes() > HIGH_BYTES) {
            paused = true;
            context.channel().config().setAutoRead(false);
            host.doorbell().ring();
            // Bytes that the host took before it could see the pause were not reported.
            resumeIfTaken();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        host.doorbell().ring();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            toHost.offer(Signal.End.INPUT);
            host.doorbell().ring();
        } else {
            // Not behind the data, which may have to wait.
            host.fireUserEvent(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken = true;
        toHost.offer(new Signal.Fault(cause));
        host.doorbell().ring();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end();
    }

    private void end() {
        if (!closed) {
            closed = true;
            host.doorbell().ring();
        }
    }

    private void work() {
        doorbell.answer();
        Lane lane = host.toDevice();
        boolean any = false;
        Object next = lane.poll();
        while (next != null) {
            Object message = next;
            next = lane.poll();
            if (message instanceof ByteBuf plaintext) {
                write(plaintext, next == null);
                any = true;
            } else {
                end((Signal.End) message);
            }
        }
        if (any) {
            ctx.flush();
        }
        resumeIfTaken();
    }

    private void write(ByteBuf plaintext, boolean last) {
        received++;
        if (broken) {
            // The firmware has said its last word, and the host has not heard of it yet.
            plaintext.release();
            return;
        }
        stepBytes += plaintext.readableBytes();
        if (last || stepBytes >= STEP_BYTES) {
            stepBytes = 0;
            ctx.write(plaintext).addListener(onWritten(received));
        } else {
            ctx.write(plaintext, ctx.voidPromise());
        }
    }

    private void end(Signal.End what) {
        switch (what) {
            case OUTPUT -> endOutput.get().addListener(onWritten(++received));
            case CONNECTION -> ctx.close();
            case RESET -> reset();
            case INPUT -> throw new IllegalStateException(what + " from the host");
        }
    }

    private void reset() {
        ChannelHandlerContext first = ctx.pipeline().firstContext();
        // A socket that has closed meanwhile takes no options.
        if (first != null && ctx.channel().isOpen()) {
            ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            first.close();
        }
    }

    /** Messages are written in order, so that the last one stands for those before it. */
    private ChannelFutureListener onWritten(int count) {
        return future -> {
            if (future.isSuccess()) {
                written = count;
                host.doorbell().ring();
            } else {
                // Plaintext was lost, and what is behind it must not follow.
                ctx.close();
            }
        };
    }

    private void resumeIfTaken() {
        if (paused && sentBytes - host.takenBytes() <= LOW_BYTES) {
            paused = false;
            ctx.channel().config().setAutoRead(true);
        }
    }
}
