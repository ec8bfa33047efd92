package io.offramp.offload.device.toe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The host's end of a connection that the device owns. For its handlers it is a TCP channel whose peer speaks
 * plaintext: bytes come by {@code channelRead}, go by {@code write} and {@code flush}, {@code close} ends in order, a
 * clean end of the client's stream is {@link ChannelInputShutdownEvent} and a broken one {@code channelInactive}
 * without it. Lives on any event loop: it has no socket.
 *
 * <p>A write's promise completes when the device's socket has taken the records, and until then its bytes count against
 * the water marks.
 */
final class PlaintextChannel extends OwnedChannel {
    private final Lane toDevice = new Lane();
    private final ChannelOutboundBuffer.MessageProcessor handOver = this::handOver;
    private final DeviceEnd device;
    private final PlaintextConfig config;
    private final Doorbell doorbell;
    private final HostReads reads = new HostReads();
    private int sent;
    private int acknowledged;

    /** Of the end of what we send, once that has been asked for. */
    private volatile @Nullable ChannelPromise outputEnd;

    private volatile boolean inputEnded;
    private volatile boolean closed;
    private volatile long takenBytes;
    private long received;

    /** Made by its other end. */
    PlaintextChannel(Channel deviceChannel, DeviceEnd device, EventLoop loop) {
        super(deviceChannel);
        this.device = device;
        this.config = new PlaintextConfig(this, deviceChannel, reads::settle);
        this.doorbell = new Doorbell(loop, this::work, () -> device.toHost().clear());
    }

    /** The lane that the device takes from. */
    Lane toDevice() {
        return toDevice;
    }

    /** Any thread: looks at what is new at the device's end, on this channel's event loop. */
    Doorbell doorbell() {
        return doorbell;
    }

    /** Any thread: how many bytes were taken from the device, since the beginning. */
    long takenBytes() {
        return takenBytes;
    }

    /** Any thread. */
    void fireUserEvent(Object event) {
        try {
            eventLoop().execute(() -> pipeline().fireUserEventTriggered(event));
        } catch (RejectedExecutionException e) {
            ReferenceCountUtil.release(event);
        }
    }

    private void work() {
        doorbell.answer();
        // Looked at first: behind it nothing comes.
        boolean ended = device.isClosed();
        acknowledge(device.written());
        receive();
        if (!closed && ended && (!isReading() || device.toHost().isEmpty())) {
            // A host that does not read must learn of the end, too: else it writes into the void.
            unsafe().close(unsafe().voidPromise());
        }
    }

    private void acknowledge(int written) {
        while (acknowledged != written) {
            acknowledged++;
            // A promise's listener may close the channel.
            ChannelOutboundBuffer pending = unsafe().outboundBuffer();
            if (outputEnd != null && acknowledged == sent) {
                outputEnd.trySuccess();
            } else if (pending != null) {
                pending.remove();
            }
        }
    }

    private void receive() {
        if (!reads.tryBegin()) {
            return;
        }
        boolean any = false;
        try {
            for (Object message; isReading() && (message = device.toHost().poll()) != null; any = true) {
                reads.settle();
                deliver(message);
            }
        } finally {
            reads.end();
        }
        if (closed) {
            device.toHost().clear();
        } else if (any) {
            tellTaken();
            pipeline().fireChannelReadComplete();
        }
    }

    private void deliver(Object message) {
        switch (message) {
            case ByteBuf plaintext -> {
                received += plaintext.readableBytes();
                if (inputEnded) {
                    plaintext.release();
                } else {
                    pipeline().fireChannelRead(plaintext);
                }
            }
            case Signal.Fault(Throwable cause) -> pipeline().fireExceptionCaught(cause);
            default -> {
                inputEnded = true;
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            }
        }
    }

    private void tellTaken() {
        takenBytes = received;
        if (device.isPaused()) {
            device.doorbell().ring();
        }
    }

    private boolean isReading() {
        return !closed && (reads.isWanted() || config.isAutoRead());
    }

    @Override
    protected void doBeginRead() {
        reads.want();
        // As a task: a handler that asks for more need not be ready for it before it returns.
        if (!reads.isDelivering() && (!device.toHost().isEmpty() || device.isClosed())) {
            doorbell.ring();
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) throws ChannelOutputShutdownException {
        if (outputEnd != null) {
            throw new ChannelOutputShutdownException("output of " + this + " was shut down");
        }
        if (message instanceof ByteBuf plaintext) {
            return new Outgoing(plaintext);
        }
        throw new IllegalArgumentException("not a ByteBuf: " + message.getClass());
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer pending) throws Exception {
        pending.forEachFlushedMessage(handOver);
        device.doorbell().ring();
    }

    /** Of those that wait in the outbound buffer, the first ones are on their way already. */
    private boolean handOver(Object message) {
        ByteBuf plaintext = ((Outgoing) message).take();
        if (plaintext != null) {
            sent++;
            toDevice.offer(plaintext);
        }
        return true;
    }

    /** Ends what we send, behind what was written; flushes that. Done when the device has sent its close_notify. */
    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        if (eventLoop().inEventLoop()) {
            endOutput(promise);
        } else {
            eventLoop().execute(() -> endOutput(promise));
        }
        return promise;
    }

    private void endOutput(ChannelPromise promise) {
        if (closed) {
            promise.tryFailure(new ChannelOutputShutdownException("closed: " + this));
        } else if (outputEnd != null) {
            outputEnd.addListener(ended -> promise.trySuccess());
        } else {
            unsafe().flush();
            outputEnd = promise;
            sent++;
            toDevice.offer(Signal.End.OUTPUT);
            device.doorbell().ring();
        }
    }

    @Override
    protected void doClose() {
        if (closed) {
            return;
        }
        closed = true;
        toDevice.offer(config.lingerS() == 0 ? Signal.End.RESET : Signal.End.CONNECTION);
        device.doorbell().ring();
        if (!reads.isDelivering()) {
            device.toHost().clear();
        }
        if (outputEnd != null) {
            outputEnd.tryFailure(new ChannelOutputShutdownException("closed: " + this));
        }
    }

    /** Reads nothing further; what comes is discarded. */
    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        inputEnded = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isInputShutdown() {
        return inputEnded;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnd != null;
    }

    @Override
    public PlaintextConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new PlaintextUnsafe();
    }

    private final class PlaintextUnsafe extends OwnedUnsafe {
        /** Takes what was written and not flushed along, as the sessions of other listeners do. */
        @Override
        public void close(ChannelPromise promise) {
            if (!closed && !device.isClosed() && config.lingerS() != 0) {
                flush();
            }
            super.close(promise);
        }
    }
}
