package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.channel.HalfClose;

/**
 * The orderly end of a client's connection, behind its last answer. A kernel resets a connection that is closed with
 * unread input, and drops its unsent bytes. So later input is discarded for a while. Confined to the event loop.
 */
final class Farewell {
    private final ClientConnection connection;
    private State state = State.OPEN;
    private boolean discarded;

    private enum State {
        OPEN,
        /** The connection closes after the last write. */
        CLOSING,
        /** The client was told that nothing follows. */
        TOLD
    }

    Farewell(ClientConnection connection) {
        this.connection = connection;
    }

    /** Bytes came behind the last request. */
    void discard(ByteBuf in) {
        in.skipBytes(in.readableBytes());
        discarded = true;
    }

    /** Closes behind earlier writes; once. */
    void closeBehindWrites() {
        if (state == State.OPEN) {
            state = State.CLOSING;
            ChannelHandlerContext ctx = connection.beginFarewell();
            // As a task, so that waiting bytes are taken first.
            HalfClose.flush(ctx).addListener(written -> ctx.executor().execute(() -> onLastWritten(ctx)));
            connection.resume();
        }
    }

    // = RFC 9112 §9.6
    // # If a server performs an immediate close of a TCP connection, there is a significant risk that the client
    // # will not be able to read the last HTTP response.
    private void onLastWritten(ChannelHandlerContext ctx) {
        if (!discarded || connection.hasInputEnded() || !ctx.channel().isActive()) {
            ctx.close();
        } else {
            state = State.TOLD;
            connection.linger();
            HalfClose.write(ctx.channel());
        }
    }

    /** Behind an answer that came before its request was complete: a client that reads to the end need not wait. */
    void endBehindAnswer(ChannelHandlerContext ctx) {
        HalfClose.write(ctx.channel()).addListener(written -> connection.linger());
        connection.resume();
    }

    /** The client has ended its stream, and all of it was taken. */
    void onAllTaken(ChannelHandlerContext ctx) {
        if (state == State.TOLD) {
            ctx.close();
        } else {
            closeBehindWrites();
        }
    }
}
