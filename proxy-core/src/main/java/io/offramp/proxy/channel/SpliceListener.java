package io.offramp.proxy.channel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Hears of content that goes from an upstream's socket to a client past this process. Called on the event loop of both.
 */
public interface SpliceListener {
    /** So many bytes were taken and are on their way, behind what was written before. */
    void onSpliced(int bytes);

    /** A burst is over: there is no more at the moment, or the client does not take it. */
    void onSplicePaused();

    /**
     * The splice is closed: what is left of the source is to be read in the ordinary way.
     *
     * @param failure where the source is broken; its channel may not hear of it
     */
    void onSpliceEnded(@Nullable IOException failure);
}
