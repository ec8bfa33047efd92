package io.offramp.proxy.http2.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.TunnelEnd;
import io.offramp.proxy.tunnel.TunnelListener;
import io.offramp.proxy.upstream.UpstreamListener;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a tunnel on one stream to a server (RFC 8441): DATA both ways, and END_STREAM where a socket has its FIN.
 * Confined to the event loop.
 */
final class StreamTunnel implements TunnelEnd, UpstreamListener {
    private final Http2ServerStream stream;
    private @Nullable TunnelListener listener;
    private boolean inputEnded;

    StreamTunnel(Http2ServerStream stream) {
        this.stream = stream;
        stream.listener(this);
    }

    @Override
    public void begin(TunnelListener next) {
        listener = next;
    }

    @Override
    public void write(ByteBuf bytes) {
        stream.write(bytes, false);
    }

    @Override
    public void flush() {
        stream.flush();
    }

    @Override
    public boolean isWritable() {
        return stream.isWritable();
    }

    @Override
    public void read(boolean on) {
        stream.read(on);
    }

    @Override
    public void shutdownOutput() {
        stream.write(Unpooled.EMPTY_BUFFER, true);
    }

    @Override
    public void whenWritten(Runnable task) {
        ChannelFuture last = stream.lastWrite();
        if (last == null) {
            task.run();
        } else {
            last.addListener(done -> task.run());
        }
    }

    @Override
    public void endBehindWrites(boolean cut, long limitNs) {
        listener = null;
        stream.read(true);
        if (!cut) {
            shutdownOutput();
        }
        Future<?> limit = stream.connection().loop().eventLoop().schedule(this::close, limitNs, TimeUnit.NANOSECONDS);
        whenWritten(() -> {
            limit.cancel(false);
            if (cut || !inputEnded) {
                close();
            }
        });
    }

    @Override
    public void close() {
        listener = null;
        stream.listener(null);
        stream.end(Http2Error.CANCEL);
    }

    @Override
    public void reset() {
        close();
    }

    @Override
    public void onHead(AnswerHead head) {
        throw new IllegalStateException("a head behind the last");
    }

    @Override
    public void onBody(ByteBuf piece) {
        TunnelListener to = listener;
        if (to != null) {
            to.onBytes(piece);
        }
        piece.release();
    }

    @Override
    public void onSpliced(int bytes) {
        throw new IllegalStateException("nothing is spliced from one stream of many");
    }

    @Override
    public void onEnd(Fields trailers) {
        inputEnded = true;
        stream.listener(this);
        if (listener != null) {
            listener.onInputEnded();
        }
    }

    @Override
    public void onReadComplete() {
        if (listener != null) {
            listener.onReadComplete();
        }
    }

    @Override
    public void onWritable() {
        if (listener != null) {
            listener.onWritable();
        }
    }

    @Override
    public void onFailed(String problem, Fate fate, ResetCode code) {
        TunnelListener last = listener;
        listener = null;
        if (last != null) {
            last.onFailed(problem);
        }
    }
}
