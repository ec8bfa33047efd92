package io.offramp.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;

/** Ends what we send and goes on receiving, whatever the channel is. */
public final class HalfClose {
    private HalfClose() {}

    /**
     * Sends close_notify on a TLS session, FIN on a plain socket, behind what was written before.
     *
     * @return done when it is out
     */
    public static ChannelFuture write(Channel channel) {
        TlsSessionHandler session = channel.pipeline().get(TlsSessionHandler.class);
        if (session != null) {
            return session.shutdownOutput();
        }
        if (channel instanceof DuplexChannel duplex) {
            return duplex.shutdownOutput();
        }
        return channel.newFailedFuture(new IllegalArgumentException("cannot be half closed: " + channel));
    }
}
