package io.offramp.proxy.http2.client;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.http2.WaitingBody;
import io.offramp.proxy.http2.frame.BodyFrames;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream as a client's end of a tunnel (RFC 8441): DATA frames carry its bytes, END_STREAM is the end of one
 * direction, a reset with CANCEL that of the connection. Confined to the event loop.
 */
final class StreamTunnel implements TunnelEnd {
    private final Http2ClientConnection connection;
    private final BodyFrames.Sink sink;
    private final Http2Stream stream;
    private final WaitingBody waiting;
    private final Tunnel tunnel;
    private long unwritten;
    private boolean reading = true;
    private @Nullable Runnable whenWritten;

    /**
     * @param waiting what has come before; used on
     * @param idleNs most time without a byte either way
     * @param takeNs for bytes to leave
     */
    StreamTunnel(
            Http2ClientConnection connection,
            BodyFrames.Sink sink,
            Http2Stream stream,
            WaitingBody waiting,
            TunnelEnd server,
            long idleNs,
            long takeNs,
            Tunnel.Listener listener) {
        this.connection = connection;
        this.sink = sink;
        this.stream = stream;
        this.waiting = waiting;
        Deadline deadline = new Deadline(connection.channel().eventLoop(), idleNs, () -> tunnel().onDeadline());
        tunnel = new Tunnel(this, server, deadline, idleNs, takeNs, listener);
    }

    Tunnel tunnel() {
        return tunnel;
    }

    /** Bytes have come; gives those whose credit goes back at once. */
    int onData(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        if (reading && waiting.isEmpty()) {
            tunnel.fromClient(data.slice());
            if (last) {
                tunnel.onClientInputEnded();
            }
            return bytes;
        }
        if (bytes > 0) {
            waiting.add(data);
        }
        if (last) {
            waiting.end(Fields.NONE);
        }
        return 0;
    }

    /** Passes on what waits, as far as the server takes it. */
    void drain() {
        while (reading && waiting.hasPiece()) {
            ByteBuf piece = waiting.take();
            int bytes = piece.readableBytes();
            try {
                tunnel.fromClient(piece);
            } finally {
                piece.release();
            }
            connection.consume(stream, bytes);
        }
        if (reading && waiting.takeEnd() != null) {
            tunnel.onClientInputEnded();
        }
    }

    /** Bytes have left. */
    void onWritten(int bytes) {
        unwritten -= bytes;
        runIfWritten();
    }

    private void runIfWritten() {
        Runnable task = whenWritten;
        if (task != null && unwritten == 0) {
            whenWritten = null;
            connection.channel().eventLoop().execute(task);
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        if (bytes.isReadable() && stream.state().localSideOpen()) {
            unwritten += bytes.readableBytes();
            connection.queue(stream, BodyFrames.piece(sink, stream.id(), bytes));
        } else {
            bytes.release();
        }
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable(stream);
    }

    @Override
    public void read(boolean on) {
        boolean begins = on && !reading;
        reading = on;
        if (begins) {
            drain();
        }
    }

    @Override
    public void shutdownOutput() {
        if (stream.state().localSideOpen()) {
            connection.queue(stream, BodyFrames.end(sink, stream.id(), null));
        }
    }

    @Override
    public void whenWritten(Runnable task) {
        whenWritten = task;
        flush();
        runIfWritten();
    }

    @Override
    public void endBehindWrites(boolean cut, long limitNs) {
        if (!cut) {
            shutdownOutput();
        }
        Future<?> limit = connection.channel().eventLoop().schedule(this::reset, limitNs, TimeUnit.NANOSECONDS);
        whenWritten(() -> {
            limit.cancel(false);
            if (cut) {
                reset();
            } else {
                close();
            }
        });
    }

    @Override
    public void close() {
        connection.end(stream, Http2Error.NO_ERROR);
    }

    @Override
    public void reset() {
        connection.end(stream, Http2Error.CANCEL);
    }
}
