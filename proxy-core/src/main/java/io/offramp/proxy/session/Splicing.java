package io.offramp.proxy.session;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.offramp.offload.Splice;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Content going from an upstream's socket to a client's past this process, while the session allows. One message at a
 * time: the next is taken when the one before is out, so that a client that does not read stops its upstream. Confined
 * to the event loop.
 */
public final class Splicing {
    /** From how many bytes on a splice is worth its descriptor: as many as one read brings in the ordinary way. */
    public static final int WORTH_BYTES = 64 << 10;

    /** Bytes before other connections of the event loop get their turn. */
    private static final int TURN_BYTES = 1 << 20;

    /**
     * Of a client's channel whose session may be able to; so that asking the others costs no walk through their
     * pipelines.
     */
    private static final AttributeKey<TlsSessionHandler> SESSION = AttributeKey.valueOf(Splicing.class, "session");

    private final TxHalf tx;
    private final SpliceListener listener;
    private long left;
    private @Nullable Splice splice;
    private boolean pumping;

    Splicing(TxHalf tx, long bytes, SpliceListener listener) {
        this.tx = tx;
        this.left = bytes;
        this.listener = listener;
    }

    /** The session of that channel may be asked to splice. */
    static void allow(Channel client, TlsSessionHandler session) {
        client.attr(SESSION).set(session);
    }

    /**
     * Whether {@link #begin} can ever be of use for that client; cheap, and the same for as long as the channel lives.
     */
    public static boolean isPossible(Channel client) {
        return client.hasAttr(SESSION);
    }

    /**
     * Begins to send what {@code source} receives, behind everything that was written and flushed. The listener hears
     * nothing before this returns. The source must not be read meanwhile; what its transport reads nevertheless, at a
     * FIN, is behind what was spliced.
     *
     * @param bytes at most so many
     * @return null where the client's session cannot, or not now
     */
    public static @Nullable Splicing begin(Channel client, Channel source, long bytes, SpliceListener listener) {
        TlsSessionHandler session = isPossible(client) ? client.attr(SESSION).get() : null;
        return session == null ? null : session.splice(source, bytes, listener);
    }

    void start(Splice begun) {
        splice = begun;
    }

    /** Takes what can be taken now. */
    void pump() {
        Splice from = splice;
        if (pumping || from == null) {
            return;
        }
        pumping = true;
        int taken = 0;
        int last = Splice.NOTHING;
        IOException failure = null;
        try {
            while (splice == from && !tx.isSplicing() && taken < TURN_BYTES) {
                last = tx.seal(from, left);
                if (last <= 0) {
                    break;
                }
                taken += last;
                left -= last;
                tx.flushSpliced();
                listener.onSpliced(last);
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            pumping = false;
        }
        tx.endSpliceBurst();
        if (splice != from) {
            return; // closed by the listener, who has all that it wanted
        }
        if (failure != null || last == Splice.ENDED) {
            close();
            listener.onSpliceEnded(failure);
        } else if (taken > 0) {
            if (taken >= TURN_BYTES) {
                tx.later(this::pump);
            }
            listener.onSplicePaused();
        }
    }

    /** Takes no more; what was taken goes out. May be called more than once. */
    public void close() {
        Splice from = splice;
        if (from != null) {
            splice = null;
            tx.onSplicingClosed(this);
            from.close();
        }
    }
}
