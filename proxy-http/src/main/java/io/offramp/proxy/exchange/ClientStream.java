package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.tunnel.Tunnel;
import io.offramp.proxy.tunnel.TunnelEnd;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one exchange: tells its {@link ClientStreamListener} the request, and takes the answer, in the
 * order of the methods here. The exchange ends with {@link #release}, {@link #reset} or {@link #becomeTunnel}, or when
 * the listener hears that the client is gone, and calls nothing after that. Confined to the event loop.
 */
public interface ClientStream {
    /** The connection that it belongs to. */
    Connection connection();

    /** What its requests say about the client. */
    ClientFields fields();

    /** For what is read in answer to it. */
    ByteBufAllocator allocator();

    /** The listener takes body again: what has come of it is passed on, and reading goes on. */
    void resume();

    /** Nothing can go on before the client has read, or sent more of its request. */
    void awaitClient();

    /** Nothing can go on before the server has taken the request, or answered. */
    void awaitServer();

    /** Whether more may be written without passing the high watermark or the client's flow control. */
    boolean isWritable();

    /** Sends an interim head (1xx); left out for a client that does not know such. */
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

    /** Passes on what was sent so far. */
    void flush();

    /** What can send to the client past this process; null if nothing can. */
    @Nullable
    SpliceTarget spliceTarget();

    /** The answer is complete, and its exchange over. What is left of an incomplete request is not taken. */
    void release();

    /** The exchange is over before its answer is complete, and the client sees that it is not. */
    void reset(ResetCode code);

    /**
     * Sends the head of a 101, and carries bytes from now on.
     *
     * @param server the other end
     * @param listener of the tunnel
     */
    void becomeTunnel(AnswerHead head, TunnelEnd server, Tunnel.Listener listener);
}
