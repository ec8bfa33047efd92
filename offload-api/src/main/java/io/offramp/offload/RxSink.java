package io.offramp.offload;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;

/**
 * Takes the content that an {@link RxSession} opens. Called on the channel's event loop, possibly from inside
 * {@link RxSession#receive}. Nothing arrives that has not been authenticated.
 */
public interface RxSink {
    /**
     * Content of an application data record, padding stripped.
     *
     * @param plaintext 0 to 16,384 bytes; ownership moves to the sink
     */
    void onData(ByteBuf plaintext);

    /**
     * Content of any other record.
     *
     * @param type alert, handshake or change_cipher_spec
     * @param plaintext ownership moves to the sink
     * @param end the boundary behind this record, at which the session may be rekeyed
     */
    void onControl(ContentType type, ByteBuf plaintext, RecordBoundary end);

    /**
     * The session is dead: it delivers nothing further, and the connection closes with
     * {@link OffloadException#alert()}.
     */
    void onFault(OffloadException fault);

    /**
     * The peer sends nothing further, or is gone. Called behind all content, and only by a {@link SocketRxSession}:
     * otherwise the channel's transport reports the end.
     */
    void onEnd();

    /** The session stays correct, but its backend no longer does the work. A policy may move it. */
    default void onDegraded(String reason) {}

    /**
     * A burst of callbacks outside of a call into the session has ended: its results can be flushed now. Never called
     * by a backend that works inside of the calls only.
     */
    default void onBurstEnd() {}
}
