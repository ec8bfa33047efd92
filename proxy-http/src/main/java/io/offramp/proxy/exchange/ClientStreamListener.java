package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Hears what a {@link ClientStream} brings, in this order: a head; its body; the end. Or, at any point, that the client
 * is gone. All calls are on the event loop.
 */
public interface ClientStreamListener {
    /** The head of the request, valid. A request of length 0 is complete with it. */
    void onRequestHead(RequestHead head);

    /** The head of a request that its version of HTTP does not allow, and what it is answered with. */
    void onBadRequest(RequestHead head, Refusal refusal, @Nullable String why);

    /** Whether a piece of the body can be passed on now. If not, it stays with the stream until it is resumed. */
    boolean takesBody();

    /**
     * The next piece of the body, which moves here; only while {@link #takesBody()}.
     *
     * @param last whether the request ends with it, without trailers
     */
    void onRequestBody(ByteBuf piece, boolean last);

    /** The end of a body whose length was not known before. */
    void onRequestEnd(Fields trailers);

    /** A read burst is over: time to flush. */
    void onClientReadComplete();

    /** {@link ClientStream#isWritable} has changed. */
    void onClientWritabilityChanged();

    /** What the exchange waits for has not happened in time. */
    void onDeadline();

    /** The client is waited for, and moves too few bytes. */
    void onClientTooSlow();

    /** The request will not be complete, or its answer cannot be sent as it should: we answer, if that is possible. */
    void refuse(Refusal refusal, @Nullable String why);

    /** The client has left. */
    void onClientGone();

    /** Whether all of the request was taken. */
    boolean isRequestComplete();

    /** Whether an answer has begun. */
    boolean isAnswered();

    /** Heap that the request's head takes. */
    int heldBytes();
}
