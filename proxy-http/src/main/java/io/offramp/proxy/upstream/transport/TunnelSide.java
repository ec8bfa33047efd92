package io.offramp.proxy.upstream.transport;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.tunnel.TunnelListener;
import org.jspecify.annotations.Nullable;

/** The listener of a tunnel's bytes. */
record TunnelSide(TunnelListener listener) implements TransportListener {
    @Override
    public void onBytes(ByteBuf in) {
        listener.onBytes(in);
    }

    @Override
    public void onSpliced(int bytes) {
        listener.onSpliced(bytes);
    }

    @Override
    public void onReadComplete() {
        listener.onReadComplete();
    }

    @Override
    public void onWritable() {
        listener.onWritable();
    }

    @Override
    public void onClosed(@Nullable String problem) {
        listener.onFailed(problem == null ? "closed" : problem);
    }
}
