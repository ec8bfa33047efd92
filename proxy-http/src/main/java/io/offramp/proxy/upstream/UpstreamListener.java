package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.ResetCode;

/**
 * Gets the parts of an {@link UpstreamStream}'s answer, in this order: any number of interim heads; a head; its body;
 * the end. Or, at any point, a failure. All calls are on the event loop of client and server.
 */
public interface UpstreamListener {
    /** The fate of a request whose stream fails. */
    enum Fate {
        /** The server did nothing, by its own word: a refused stream, or one behind a GOAWAY (RFC 9113 §8.7). */
        REFUSED,
        /** No byte of an answer has come; the server may have acted. */
        UNANSWERED,
        /** An answer has begun. */
        ANSWERED
    }

    /** The head of the answer, or of an interim one (1xx). */
    void onHead(AnswerHead head);

    /** A piece of the body, which moves here. */
    void onBody(ByteBuf piece);

    /** These bytes of the body are on their way to the client past this process. */
    void onSpliced(int bytes);

    /** The answer is complete; the stream has forgotten this listener. */
    void onEnd(Fields trailers);

    /** A read burst is over: time to flush. */
    void onReadComplete();

    /** There is room again for the request's body. */
    void onWritable();

    /**
     * The answer will not be complete; the stream is gone and has forgotten this listener.
     *
     * @param problem {@code reset}, {@code closed}, {@code garbage: status line}
     * @param code that of the server's reset, as a client may see it
     */
    void onFailed(String problem, Fate fate, ResetCode code);
}
