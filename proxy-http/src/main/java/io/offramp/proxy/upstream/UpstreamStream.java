package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.TunnelEnd;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one exchange: takes the request, and passes the answer to its {@link UpstreamListener}. Leased
 * by a pool. A lease ends with {@link #release}, {@link #reset} or {@link #becomeTunnel}, or when the listener learns
 * that the stream has failed. No call follows after that. Confined to the event loop.
 */
public interface UpstreamStream {
    /**
     * Sends the head; once, before everything else. The request ends with it if its length is 0.
     *
     * @param client fields about the client, the same for every request of its connection
     * @param upgrade protocols that the request may change to; null if none
     */
    void sendHead(RequestHead request, ClientFields client, @Nullable String upgrade);

    /**
     * Sends a piece of the body, which moves here.
     *
     * @param last true if the request ends with it, without trailers
     */
    void sendBody(ByteBuf piece, boolean last);

    /** Ends a request of unknown length. */
    void sendEnd(Fields trailers);

    /** The TLS session that carries it; null in the clear. */
    default @Nullable Connection session() {
        return null;
    }

    /** Flushes. */
    void flush();

    /** True if socket and flow control have room for more of the body. */
    boolean isWritable();

    /**
     * Pauses or resumes the answer. A stream with flow control of its own returns credit only for the bytes that it has
     * passed on, so none while it is paused.
     */
    void read(boolean on);

    /** Bytes left of the answer's body; 0 if the head gave no length. */
    long bodyLeft();

    /** Splices the rest of the body to the client if both sides can; otherwise nothing changes. */
    void spliceTo(@Nullable SpliceTarget target);

    /**
     * The exchange is over and its request complete. A complete answer frees the connection for the next request; the
     * rest of an incomplete one is not awaited.
     */
    void release();

    /** The exchange is over before its time. */
    void reset(ResetCode code);

    /** Behind an answer of 101: the end that carries bytes from now on. */
    TunnelEnd becomeTunnel();
}
