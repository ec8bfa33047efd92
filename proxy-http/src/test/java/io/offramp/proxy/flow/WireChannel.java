package io.offramp.proxy.flow;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.offramp.proxy.channel.FinEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection without a socket: the channel is the proxy's end, the {@link Peer} the far one. It behaves like
 * Netty's epoll transport: level triggered, reads in bursts, and all that is left at a FIN whether reading is paused or
 * not.
 */
final class WireChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1);
    private static final int READS_IN_A_BURST = 4;

    /** What a kernel takes for a proxy that does not read. */
    static final int RECEIVE_BYTES = 8 << 10;

    /** What a kernel takes for a peer that does not read. */
    private static final int KERNEL_BYTES = 1024;

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1 << 10, 3 << 10);

    private final int readBytes;
    private final DefaultChannelConfig config = new Config();
    private final Far far = new Far();
    private final ArrayDeque<ByteBuf> incoming = new ArrayDeque<>();
    private final ByteArrayOutputStream outgoing = new ByteArrayOutputStream();
    private State state;
    private @Nullable ChannelPromise connecting;
    private boolean readPending;
    private boolean halfClosure;
    private boolean farEnded;
    private boolean farLeft;
    private boolean farReset;
    private boolean inputShutdown;
    private boolean outputShutdown;
    private boolean linger;
    private boolean reset;
    private boolean stalled;
    private int kernelLeft = KERNEL_BYTES;

    private enum State {
        NEW,
        CONNECTED,
        CLOSED
    }

    /**
     * @param accepted by the proxy, from a client
     * @param readBytes of one read
     */
    WireChannel(boolean accepted, int readBytes) {
        super(null);
        this.readBytes = readBytes;
        state = accepted ? State.CONNECTED : State.NEW;
        halfClosure = accepted;
        config.setWriteBufferWaterMark(WATER_MARK);
    }

    Peer far() {
        return far;
    }

    /** The server accepts, or refuses where {@code cause} is given. */
    void connected(@Nullable IOException cause) {
        ChannelPromise promise = connecting;
        connecting = null;
        if (promise == null) {
            return;
        }
        if (cause != null) {
            promise.tryFailure(cause);
            unsafe().close(voidPromise());
            return;
        }
        state = State.CONNECTED;
        promise.trySuccess();
        pipeline().fireChannelActive();
    }

    boolean isConnecting() {
        return connecting != null;
    }

    /** Written, and left unflushed though the peer would read. */
    long unflushedBytes() {
        ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
        return buffer == null || stalled ? 0 : buffer.totalPendingWriteBytes();
    }

    /** What one poll of the event loop finds here. */
    boolean poll() {
        if (state != State.CONNECTED) {
            return false;
        }
        if (farReset) {
            pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            unsafe().close(voidPromise());
            return true;
        }
        boolean did = false;
        ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
        if (buffer != null && !buffer.isEmpty() && (!stalled || kernelLeft > 0)) {
            ((Unsafe) unsafe()).flush0();
            did = true;
        }
        if (!inputShutdown && (readPending && !incoming.isEmpty() || farEnded)) {
            readBurst();
            did = true;
        }
        return did;
    }

    private void readBurst() {
        boolean all = farEnded;
        for (int i = 0; (all || i < READS_IN_A_BURST) && !incoming.isEmpty() && isActive(); i++) {
            readPending = false;
            ByteBuf in = alloc().buffer(readBytes);
            while (in.isWritable() && !incoming.isEmpty()) {
                ByteBuf first = incoming.getFirst();
                in.writeBytes(first, Math.min(first.readableBytes(), in.writableBytes()));
                if (!first.isReadable()) {
                    incoming.removeFirst();
                }
            }
            boolean full = !in.isWritable();
            pipeline().fireChannelRead(in);
            if (!all && (!full || !config.isAutoRead())) {
                break;
            }
        }
        pipeline().fireChannelReadComplete();
        if (farEnded && incoming.isEmpty() && isActive() && !inputShutdown) {
            inputShutdown = true;
            if (halfClosure) {
                pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                if (farLeft) {
                    pipeline().fireUserEventTriggered(FinEvent.INSTANCE);
                }
            } else {
                unsafe().close(voidPromise());
            }
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        while (in.current() instanceof ByteBuf message) {
            int bytes = message.readableBytes();
            int taken = stalled ? Math.min(bytes, kernelLeft) : bytes;
            for (int i = 0; i < taken; i++) {
                outgoing.write(message.readByte());
            }
            if (stalled) {
                kernelLeft -= taken;
            }
            in.progress(taken);
            if (taken < bytes) {
                return;
            }
            in.remove();
        }
    }

    private final class Far implements Peer {
        @Override
        public void send(byte[] bytes) {
            if (state == State.CONNECTED && !farEnded && !farReset && bytes.length > 0) {
                incoming.addLast(io.netty.buffer.Unpooled.wrappedBuffer(bytes));
            }
        }

        @Override
        public int room() {
            int unread = 0;
            for (ByteBuf part : incoming) {
                unread += part.readableBytes();
            }
            return Math.max(0, RECEIVE_BYTES - unread);
        }

        @Override
        public void leave() {
            farLeft = true;
            endOutput();
        }

        @Override
        public void endOutput() {
            farEnded = true;
        }

        @Override
        public void reset() {
            farReset = true;
            incoming.clear();
        }

        @Override
        public void stall() {
            stalled = true;
        }

        @Override
        public void resume() {
            stalled = false;
            kernelLeft = KERNEL_BYTES;
        }

        @Override
        public boolean isStalled() {
            return stalled;
        }

        @Override
        public byte[] take() {
            byte[] bytes = outgoing.toByteArray();
            outgoing.reset();
            return bytes;
        }

        @Override
        public boolean hasEnded() {
            return !reset && (outputShutdown || state == State.CLOSED);
        }

        @Override
        public boolean wasReset() {
            return reset;
        }

        @Override
        public boolean isOpen() {
            return state == State.CONNECTED;
        }
    }

    private final class Config extends DefaultChannelConfig {
        Config() {
            super(WireChannel.this);
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            if (option == ChannelOption.ALLOW_HALF_CLOSURE) {
                halfClosure = (Boolean) value;
                return true;
            }
            if (option == ChannelOption.SO_LINGER) {
                linger = (Integer) value == 0;
                return true;
            }
            return super.setOption(option, value);
        }

        @Override
        protected void autoReadCleared() {
            readPending = false;
        }
    }

    private final class Unsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            connecting = promise;
        }

        @Override
        protected void flush0() {
            super.flush0();
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return ADDRESS;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return ADDRESS;
    }

    @Override
    protected void doBind(SocketAddress localAddress) {}

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        reset = state == State.CONNECTED && (linger || !incoming.isEmpty());
        state = State.CLOSED;
        incoming.clear();
        ChannelPromise promise = connecting;
        connecting = null;
        if (promise != null) {
            promise.tryFailure(new IOException("closed"));
        }
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.CONNECTED;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        inputShutdown = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
        return promise;
    }

    @Override
    public boolean isShutdown() {
        return inputShutdown && outputShutdown;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }
}
