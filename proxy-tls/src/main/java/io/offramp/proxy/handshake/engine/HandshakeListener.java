package io.offramp.proxy.handshake.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;

/** Told on the channel's event loop how a handshake ended, which it does once. */
public interface HandshakeListener {
    /**
     * The client's hello is here and has been answered, for good or ill: what follows is told by one of the others,
     * once, and at any time. Not told of clients that never get so far.
     *
     * @param ctx the handshake handler's context
     */
    default void onAnswered(ChannelHandlerContext ctx) {}

    /**
     * Bytes have come from the client.
     *
     * @param ctx the handshake handler's context
     * @param bytes all so far, which the handshake keeps
     */
    default void onReceived(ChannelHandlerContext ctx, long bytes) {}

    /**
     * The handshake is complete and everything it wrote has been handed to the channel, in order. The handshake handler
     * removes itself after this call; the listener puts the session in its place. Where the listener throws, the
     * channel is closed, and session and pending are the listener's to free all the same: only it knows how far it got.
     *
     * @param ctx the handshake handler's context
     * @param session what was negotiated; the listener's
     * @param pending wire bytes that came in behind the client's Finished, possibly none, possibly ending in
     *     mid-record; the listener's
     */
    void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending);

    /**
     * The handshake failed. The alert, if any, has been written; the handshake handler closes the channel once it is
     * flushed.
     *
     * @param failure why, to count and to log once
     */
    void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure);
}
