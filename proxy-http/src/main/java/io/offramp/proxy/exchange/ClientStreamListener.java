package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Gets the parts of a {@link ClientStream}'s request, in this order: a head; its body; the end. Or, at any point, the
 * news that the client is gone. All calls are on the event loop.
 */
public interface ClientStreamListener {
    /** The head of the request, valid. A request of length 0 is complete with it. */
    void onRequestHead(RequestHead head);

    /** The head of an invalid request, and the answer to it. */
    void onBadRequest(RequestHead head, Refusal refusal, @Nullable String why);

    /** True if a piece of the body can be passed on now. Otherwise it stays with the stream until that is resumed. */
    boolean takesBody();

    /** True if an end without bytes can be passed on now: unlike body, that waits for no window of the server. */
    boolean takesEnd();

    /**
     * The next piece of the body, which moves here; only while {@link #takesBody()}.
     *
     * @param last true if the request ends with it, without trailers
     */
    void onRequestBody(ByteBuf piece, boolean last);

    /** The end of a body of unknown length; only while {@link #takesEnd()}. */
    void onRequestEnd(Fields trailers);

    /** A read burst is over: time to flush. */
    void onClientReadComplete();

    /** {@link ClientStream#isWritable} has changed. */
    void onClientWritabilityChanged();

    /** The deadline of the exchange has passed. */
    void onDeadline();

    /** We wait for the client, and it moves too few bytes. */
    void onClientTooSlow();

    /** The request will not be complete, or its answer cannot be sent as it should: we answer, if that is possible. */
    void refuse(Refusal refusal, @Nullable String why);

    /** The client has left. */
    void onClientGone();

    /** True if all of the request was taken. */
    boolean isRequestComplete();

    /** True if an answer has begun. */
    boolean isAnswered();

    /** Heap that the request's head takes. */
    int heldBytes();
}
