package io.offramp.proxy.upstream.probe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.transport.Transport;
import io.offramp.proxy.upstream.transport.TransportListener;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends a connection in the clear that has carried nothing: says so, and reads what comes all the same, a banner. */
final class Goodbye implements TransportListener {
    private static final long LIMIT_MS = 1000;

    private final Future<?> timer;

    private Goodbye(Future<?> timer) {
        this.timer = timer;
    }

    /** The transport needs no other care. */
    static void to(Transport transport, EventLoop loop) {
        transport.listener(new Goodbye(loop.schedule(transport::close, LIMIT_MS, TimeUnit.MILLISECONDS)));
        transport.read(true);
        transport.shutdownOutput();
    }

    @Override
    public void onBytes(ByteBuf in) {
        in.skipBytes(in.readableBytes());
    }

    @Override
    public void onSpliced(int bytes) {}

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(@Nullable String problem) {
        timer.cancel(false);
    }
}
