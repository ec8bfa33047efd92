package io.offramp.proxy.upstream.probe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.upstream.transport.Transport;
import io.offramp.proxy.upstream.transport.TransportListener;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that has carried nothing: says so, and reads what the server still sends, a banner or tickets,
 * which would meet a reset otherwise. Not for long where the server has only to send tickets: the connection counts
 * among the server's, and close_notify needs no answer (RFC 8446 §6.1).
 */
final class Goodbye implements TransportListener {
    private static final long LIMIT_MS = 1000;
    private static final long TICKETS_LIMIT_MS = 200;

    private final Future<?> timer;

    private Goodbye(Future<?> timer) {
        this.timer = timer;
    }

    /** The transport needs no other care. */
    static void to(Transport transport, EventLoop loop) {
        long limitMs = transport.session() == null ? LIMIT_MS : TICKETS_LIMIT_MS;
        transport.listener(new Goodbye(loop.schedule(transport::close, limitMs, TimeUnit.MILLISECONDS)));
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
