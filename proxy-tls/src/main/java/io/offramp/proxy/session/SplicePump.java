package io.offramp.proxy.session;

import io.offramp.offload.Splice;
import io.offramp.proxy.channel.SpliceListener;
import io.offramp.proxy.channel.Splicing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Moves content from an upstream's socket to a client's outside of this process, while the session allows. One message
 * at a time: the next is taken when the earlier one is out, so that a client that does not read stops its upstream.
 * Confined to the event loop.
 */
final class SplicePump implements Splicing {
    /** Bytes before other connections of the event loop get their turn. */
    private static final int TURN_BYTES = 1 << 20;

    /** The target of the content. */
    interface Output {
        /** True until the last message is out. */
        boolean isUnderWay();

        /** Seals what a splice has, after earlier writes; returns bytes, or as {@link Splice#seal}. */
        int seal(Splice from, long maxBytes) throws IOException;

        void flush();

        /** Takes nothing for now. */
        void endBurst();

        /** Runs in a later turn of the event loop. */
        void later(Runnable next);

        void onClosed(SplicePump closing);
    }

    private final Output output;
    private final SpliceListener listener;
    private long left;
    private @Nullable Splice splice;
    private boolean pumping;

    SplicePump(Output output, long bytes, SpliceListener listener) {
        this.output = output;
        this.left = bytes;
        this.listener = listener;
    }

    void start(Splice begun) {
        splice = begun;
    }

    /** Takes what is available now. */
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
            while (splice == from && !output.isUnderWay() && taken < TURN_BYTES) {
                last = output.seal(from, left);
                if (last <= 0) {
                    break;
                }
                taken += last;
                left -= last;
                output.flush();
                listener.onSpliced(last);
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            pumping = false;
        }
        output.endBurst();
        if (splice != from) {
            return; // closed by the listener, which has all that it wanted
        }
        if (failure != null || last == Splice.ENDED) {
            close();
            listener.onSpliceEnded(failure);
        } else if (taken > 0) {
            if (taken >= TURN_BYTES) {
                output.later(this::pump);
            }
            listener.onSplicePaused();
        }
    }

    @Override
    public void close() {
        Splice from = splice;
        if (from != null) {
            splice = null;
            output.onClosed(this);
            from.close();
        }
    }
}
