package io.offramp.offload;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import java.io.IOException;

/** Opens what we receive. What the records carried comes out of the {@link RxSink}, in order. */
public non-sealed interface RxSession extends RecordSession {
    /**
     * Takes the next bytes of the stream, cut anywhere. Whole records are opened in place and delivered; the bytes of a
     * partial record stay in the session, at most one record's worth.
     *
     * <p>Stops delivering at once when the sink closes this session, and uses new keys from the next record on when the
     * sink rekeys it.
     *
     * @param wire ownership moves here
     */
    void receive(ByteBuf wire);

    /**
     * True of a session that reads the socket itself, as kernel TLS asks for: what the channel's transport reads has no
     * record type. The transport's own reads are off then; what it reads nevertheless, at the peer's FIN, is given to
     * {@link #receive} and is content.
     */
    default boolean readsSocket() {
        return false;
    }

    /**
     * A read is wanted: called where the channel's auto-read is on again. Only of a session that {@link #readsSocket}.
     */
    default void resume() {}

    /**
     * The transport looked at the socket nevertheless, at a FIN or an error, and took an error from it that this
     * session does not see any more. Only of a session that {@link #readsSocket}.
     */
    default void readFailed(IOException cause) {}

    /** Bytes of a partial record held: not 0 at the end of the stream means that the peer was cut off. */
    int bufferedBytes();

    /**
     * Ends this session and gives its keys, at the current sequence, to the caller, with the wire bytes behind the
     * boundary that it has not opened: they are the first bytes of the next session. Only where it {@link #canExport}.
     *
     * @param at this session's boundary
     */
    Export export(RecordBoundary at);

    /**
     * What another backend needs to go on.
     *
     * @param keys the caller's from here on
     * @param pending wire bytes of the record that {@code keys} opens next, possibly none; the caller's
     */
    record Export(TrafficKeys keys, ByteBuf pending) {}
}
