package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one exchange: passes the request to its {@link ClientStreamListener}, and takes the answer, in
 * the order of the methods here. The exchange ends with {@link #release}, {@link #reset} or {@link #becomeTunnel}, or
 * when the listener learns that the client is gone. No call follows after that. The listener may learn it within
 * {@link #sendEnd} or {@link #answer}, which end a stream that both sides have ended: it is over before, and releases
 * the stream all the same. Confined to the event loop.
 */
public interface ClientStream {
    /** Its connection. */
    Connection connection();

    /** Its identifier (RFC 9113 §5.1.1); 0 in versions of HTTP without streams. */
    int streamId();

    /** Fields about the client, for its requests to servers. */
    ClientFields fields();

    /** Allocator for reading the answer. */
    ByteBufAllocator allocator();

    /** The listener takes body again: the stream passes on the waiting pieces and goes on reading. */
    void resume();

    /** Nothing can go on before the client has read, or sent more of its request. */
    void awaitClient();

    /**
     * Nothing can go on before the server has taken the request, or answered.
     *
     * @param ns {@link ClientStreamListener#onDeadline} follows behind that time
     */
    void awaitServer(long ns);

    /**
     * The same while no server has room: the time that a client has for its request stands still until {@link #resume}.
     */
    void awaitPlace(long ns);

    /** True if more may be written within the high watermark and the client's flow control. */
    boolean isWritable();

    /** Sends an interim head (1xx); left out for a client whose version has none. */
    void sendInterim(AnswerHead head);

    /** Sends the head of the answer; once. */
    void sendHead(AnswerHead head);

    /** Sends a piece of the body, which moves here. */
    void sendBody(ByteBuf piece);

    /** Counts bytes of the body that went to the client past this process. */
    void onSpliced(int bytes);

    /** Ends the answer. */
    void sendEnd(Fields trailers);

    /** Sends a whole answer of our own, before any other head. */
    void answer(OwnAnswer answer);

    /** Flushes. */
    void flush();

    /** A session that can splice to the client; null if it cannot. */
    @Nullable
    SpliceTarget spliceTarget();

    /** The answer is complete, and its exchange over. The rest of an incomplete request is not taken. */
    void release();

    /** Ends the exchange before its answer is complete, visibly for the client. */
    void reset(ResetCode code);

    /**
     * Sends the head of a 101, and carries bytes from now on.
     *
     * @param server the other end
     * @param idleNs most time without a byte either way
     * @param listener of the tunnel
     */
    void becomeTunnel(AnswerHead head, TunnelEnd server, long idleNs, Tunnel.Listener listener);
}
