package io.offramp.proxy.handshake.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.Handshaken;

/** Learns how a handshake ended, which it does once. Called on the channel's event loop. */
public interface HandshakeListener {
    /**
     * The client's hello has come and been answered, with acceptance or refusal. One of the other methods follows once,
     * at any time. Not called for clients that never get that far.
     *
     * @param ctx the handshake handler's context
     */
    default void onAnswered(ChannelHandlerContext ctx) {}

    /**
     * Bytes have come from the client.
     *
     * @param ctx the handshake handler's context
     * @param bytes total so far, which the handshake keeps
     */
    default void onReceived(ChannelHandlerContext ctx, long bytes) {}

    /**
     * The handshake is complete and everything it wrote has been handed to the channel, in order. The handshake handler
     * removes itself after this call; the listener puts the session in its place. If the listener throws, the channel
     * is closed, and the listener still has to free session and pending: only it knows how far it got.
     *
     * @param ctx the handshake handler's context
     * @param session what was negotiated; ownership moves to the listener
     * @param pending wire bytes after the client's Finished, possibly none, possibly ending in the middle of a record;
     *     ownership moves to the listener
     */
    void onHandshaken(ChannelHandlerContext ctx, Handshaken session, ByteBuf pending);

    /**
     * The client speaks HTTP without TLS. A listener that takes it adds its handlers to the pipeline, gets all bytes
     * that have come there, and no other call; the handshake handler removes itself.
     *
     * @param ctx the handshake handler's context
     * @return false if the client gets the usual refusal, and the handshake has failed
     */
    default boolean onPlainHttp(ChannelHandlerContext ctx) {
        return false;
    }

    /** Whether nobody waits for the result any more: that the channel is closed is not the peer's doing. */
    default boolean isCalledOff() {
        return false;
    }

    /**
     * The handshake failed. The alert, if any, has been written; the handshake handler closes the channel once it is
     * flushed.
     *
     * @param failure why, to count and to log once
     */
    void onFailed(ChannelHandlerContext ctx, HandshakeFailure failure);
}
