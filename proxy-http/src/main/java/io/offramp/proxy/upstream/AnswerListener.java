package io.offramp.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.http.codec.Fields;

/**
 * What comes back from an upstream, in this order: connected or failed; any number of interim heads; a head; its body;
 * the end. Or, at any point, a failure. All calls are on the event loop of client and upstream.
 */
public interface AnswerListener {
    /** Whether a connection that has carried requests is as good as a new one. */
    default boolean takesUsed() {
        return false;
    }

    /** The connection is open and idle: the one that was asked for, or one that came free meanwhile. */
    default void onConnected(UpstreamConnection connection) {}

    /** The server did not accept; it will be skipped for a while. */
    default void onConnectFailed(UpstreamServer server, Throwable cause) {}

    /** The head of the answer, or of an interim one (1xx). */
    default void onHead(AnswerHead head) {}

    /** A piece of the body, which moves here. */
    void onBody(ByteBuf piece);

    /**
     * So many bytes of the body are on their way to the client past this process: {@link UpstreamConnection#spliceTo}.
     */
    default void onSpliced(int bytes) {}

    /** The answer is complete; the connection has forgotten this listener. */
    default void onEnd(Fields trailers) {}

    /** The server has ended its stream; only on a connection that carries bytes instead of messages. */
    default void onInputEnded() {}

    /** A read burst is over: time to flush. */
    void onReadComplete();

    /** There is room again for what is written to the upstream. */
    void onWritable();

    /**
     * The answer will not be complete; the connection is closed and has forgotten this listener.
     *
     * @param problem {@code reset}, {@code closed}, {@code garbage: status line}
     * @param answered whether any byte of an answer had come
     */
    void onFailed(String problem, boolean answered);
}
