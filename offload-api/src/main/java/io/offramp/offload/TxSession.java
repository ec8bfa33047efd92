package io.offramp.offload;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/** Protects what we send. Messages for the socket go to the {@link TxSink}, in the order of the calls. */
public non-sealed interface TxSession extends RecordSession {
    /**
     * Protects all of {@code plaintext}, as one record or as several (RFC 8446 §5.2); an empty buffer gives one empty
     * record, or none where the backend can make none. Each call gives one message.
     *
     * @param type content type of all of them: data, alert or handshake
     * @param plaintext ownership moves here; a direct buffer is read where it lies
     * @param maxPlaintextBytes most content per record, 1 to 16,384
     * @throws io.offramp.offload.error.KeyLimitException if the key may not protect that many records more; nothing was
     *     written and {@code plaintext} was released
     */
    void seal(ContentType type, ByteBuf plaintext, int maxPlaintextBytes);

    /**
     * Where this direction stands behind all content that {@link #seal} was given, even if some is still with the
     * backend. Good for {@link #rekey}, which takes effect there. Null once closed.
     */
    @Nullable
    RecordBoundary sealedBoundary();

    /**
     * Ends this session and gives its keys, at the current sequence, to the caller, so that the direction can go on
     * elsewhere. Only where it {@link #canExport}.
     *
     * @param at this session's boundary: everything sealed before has come out of the sink
     */
    TrafficKeys export(RecordBoundary at);

    /**
     * Begins to take content from another socket, of the same event loop, that is not read meanwhile. Nothing is called
     * back before this returns; one at a time. While records of unknown number are on their way, {@link #nextSequence}
     * counts the most that they can be.
     *
     * @param source stays the caller's, who closes the splice first
     * @param onReadable runs on the event loop when the source may have more
     * @return null if this backend cannot, or not now; content is then read, and given to {@link #seal}
     */
    default @Nullable Splice splice(Channel source, Runnable onReadable) {
        return null;
    }

    /**
     * Wire bytes that were written to the channel with success, but would be lost if it were closed now. Kernel TLS
     * loses records that it made and that the socket had no room for. An orderly close asks again until this is 0.
     */
    default long unsentBytes() {
        return 0;
    }
}
