package io.offramp.proxy.flow;

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
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection without a socket: the channel is the proxy's end, the {@link Peer} the far one. It behaves like
 * Netty's epoll transport: level triggered, reads in bursts, and all that is left at a FIN whether reading is paused or
 * not.
 */
final class WireChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("127.0.0.1", 1);
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(1 << 10, 3 << 10);

    private final DefaultChannelConfig config = new Config();
    private final Far far = new Far();
    private final WireInput input;
    private final WireOutput output = new WireOutput();
    private State state;
    private @Nullable ChannelPromise connecting;
    private boolean linger;
    private InetSocketAddress remote = ADDRESS;

    private enum State {
        NEW,
        CONNECTED,
        CLOSED,
        /** Closed without a FIN. */
        RESET
    }

    /**
     * @param accepted by the proxy, from a client
     * @param readBytes of one read
     */
    WireChannel(boolean accepted, int readBytes) {
        super(null);
        input = new WireInput(this, readBytes, accepted);
        state = accepted ? State.CONNECTED : State.NEW;
        config.setWriteBufferWaterMark(WATER_MARK);
    }

    Peer far() {
        return far;
    }

    /** Whether the last read, which is over, left nothing. */
    boolean isDrained() {
        return input.isDrained();
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
        return buffer == null || output.isStalled() ? 0 : buffer.totalPendingWriteBytes();
    }

    /** What one poll of the event loop finds here. */
    boolean poll() {
        if (state != State.CONNECTED) {
            return false;
        }
        if (input.isReset()) {
            pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            unsafe().close(voidPromise());
            return true;
        }
        boolean did = false;
        ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
        if (buffer != null && !buffer.isEmpty() && output.takesBytes()) {
            ((Unsafe) unsafe()).flush0();
            did = true;
        }
        if (input.isReadable()) {
            input.readBurst();
            did = true;
        }
        return did;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws IOException {
        output.write(in);
    }

    private final class Far implements Peer {
        @Override
        public InetSocketAddress address() {
            return remote;
        }

        @Override
        public void send(byte[] bytes) {
            if (state == State.CONNECTED) {
                input.add(bytes);
            }
        }

        @Override
        public int room() {
            return input.room();
        }

        @Override
        public void leave() {
            input.end(WireInput.End.LEFT);
        }

        @Override
        public void endOutput() {
            input.end(WireInput.End.FIN);
        }

        @Override
        public void refuseBytes() {
            output.breakOff();
        }

        @Override
        public void reset() {
            input.end(WireInput.End.RESET);
            input.clear();
        }

        @Override
        public void stall() {
            output.stall();
        }

        @Override
        public void resume() {
            output.resume();
        }

        @Override
        public boolean isStalled() {
            return output.isStalled();
        }

        @Override
        public byte[] take() {
            return output.take();
        }

        @Override
        public boolean hasEnded() {
            return state == State.CLOSED || state != State.RESET && output.isShutdown();
        }

        @Override
        public boolean wasReset() {
            return state == State.RESET;
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
                input.allowHalfClosure((Boolean) value);
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
            input.pause();
        }
    }

    private final class Unsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress to, SocketAddress local, ChannelPromise promise) {
            remote = (InetSocketAddress) to;
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
        return remote;
    }

    @Override
    protected void doBind(SocketAddress localAddress) {}

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        state = state == State.CONNECTED && (linger || !input.isEmpty()) ? State.RESET : State.CLOSED;
        input.clear();
        ChannelPromise promise = connecting;
        connecting = null;
        if (promise != null) {
            promise.tryFailure(new IOException("closed"));
        }
    }

    @Override
    protected void doShutdownOutput() {
        output.shutDown();
    }

    @Override
    protected void doBeginRead() {
        input.resume();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return state == State.NEW || state == State.CONNECTED;
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
        return input.isShutdown();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        input.shutDown();
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return output.isShutdown();
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
        return input.isShutdown() && output.isShutdown();
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
