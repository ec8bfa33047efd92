package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.TunnelEnd;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one exchange: takes the request, and tells its {@link UpstreamListener} the answer. Leased by a
 * pool; a lease ends with {@link #release}, {@link #reset} or {@link #becomeTunnel}, or when the listener hears that
 * the stream has failed, and nothing is called after that. Confined to the event loop.
 */
public interface UpstreamStream {
    /** The server at the other end. */
    UpstreamServer server();

    /**
     * Sends the head; once, before all else. The request ends with it if its length is 0.
     *
     * @param client what every request of its connection says about the client
     * @param upgrade protocols that the request may change to; null if none
     */
    void sendHead(RequestHead request, ClientFields client, @Nullable String upgrade);

    /**
     * Sends a piece of the body, which moves here.
     *
     * @param last whether the request ends with it, without trailers
     */
    void sendBody(ByteBuf piece, boolean last);

    /** Ends a request whose length was not known before. */
    void sendEnd(Fields trailers);

    /** Passes on what was sent so far. */
    void flush();

    /** Whether more of the body may be sent: by socket and flow control. */
    boolean isWritable();

    /**
     * Pauses or resumes the answer. A stream with credit of its own gives the server as much back as it has passed on,
     * and so nothing while it is paused.
     */
    void read(boolean on);

    /** Bytes of the answer's body that are still to come; 0 where its head does not say. */
    long bodyLeft();

    /** Leads what is still to come past this process, where both sides can; else nothing changes. */
    void spliceTo(@Nullable SpliceTarget target);

    /**
     * The exchange is over and its request complete. A complete answer makes the connection free for the next; what is
     * left of an incomplete one is not waited for.
     */
    void release();

    /** The exchange is over before its time. */
    void reset(ResetCode code);

    /** Behind an answer of 101: the end that carries bytes from now on. */
    TunnelEnd becomeTunnel();
}
