package io.offramp.offload;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;

/** Opens what we receive. The content of the records goes to the {@link RxSink}, in order. */
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

    /** Bytes of a partial record held. If not 0 at the end of the stream, the stream was cut. */
    int bufferedBytes();

    /**
     * Ends this session and gives its keys, at the current sequence, to the caller, with the wire bytes behind the
     * boundary that it has not opened: they are the first bytes of the next session. Only where it {@link #canExport}.
     *
     * @param at this session's boundary
     */
    Export export(RecordBoundary at);

    /**
     * All that another backend needs to go on.
     *
     * @param keys the caller's from here on
     * @param pending wire bytes of the record that {@code keys} opens next, possibly none; the caller's
     */
    record Export(TrafficKeys keys, ByteBuf pending) {}
}
