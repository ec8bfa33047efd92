package io.offramp.offload.device.toe;

import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import java.net.SocketAddress;

/**
 * What is fixed about a channel whose connection is another's: its addresses, and that it is neither bound nor
 * connected here.
 */
abstract class OwnedChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final SocketAddress local;
    private final SocketAddress remote;

    /** @param owner has the connection */
    OwnedChannel(Channel owner) {
        super(null);
        local = owner.localAddress();
        remote = owner.remoteAddress();
    }

    @Override
    public final ChannelMetadata metadata() {
        return METADATA;
    }

    /** From the beginning, until it is closed. */
    @Override
    public final boolean isActive() {
        return isOpen();
    }

    @Override
    public final boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public final ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public final ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public final ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public final ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }

    /** Any: there is no socket to be watched. */
    @Override
    protected final boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected final SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected final SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected final void doBind(SocketAddress address) {
        throw new IllegalStateException("connected already: " + this);
    }

    @Override
    protected final void doDisconnect() throws Exception {
        doClose();
    }

    /** Operations of an owned channel. */
    abstract class OwnedUnsafe extends AbstractUnsafe {
        @Override
        public final void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
            promise.setFailure(new IllegalStateException("connected already: " + OwnedChannel.this));
        }
    }
}
