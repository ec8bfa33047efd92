package io.offramp.proxy.session;

import io.offramp.offload.Splice;
import io.offramp.proxy.channel.SpliceListener;
import io.offramp.proxy.channel.Splicing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Content going from an upstream's socket to a client's past this process, while the session allows. One message at a
 * time: the next is taken when the one before is out, so that a client that does not read stops its upstream. Confined
 * to the event loop.
 */
final class SplicePump implements Splicing {
    /** Bytes before other connections of the event loop get their turn. */
    private static final int TURN_BYTES = 1 << 20;

    private final TxHalf tx;
    private final SpliceListener listener;
    private long left;
    private @Nullable Splice splice;
    private boolean pumping;

    SplicePump(TxHalf tx, long bytes, SpliceListener listener) {
        this.tx = tx;
        this.left = bytes;
        this.listener = listener;
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

    @Override
    public void close() {
        Splice from = splice;
        if (from != null) {
            splice = null;
            tx.onSplicingClosed(this);
            from.close();
        }
    }
}
