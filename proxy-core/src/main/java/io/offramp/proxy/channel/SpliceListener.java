package io.offramp.proxy.channel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Listener for content that goes from an upstream's socket to a client past this process. Called on the event loop of
 * both.
 */
public interface SpliceListener {
    /** These bytes were taken and are on their way, behind earlier writes. */
    void onSpliced(int bytes);

    /** A burst is over: there is no more at the moment, or the client does not take it. */
    void onSplicePaused();

    /**
     * The splice is closed: the rest of the source has to be read in the ordinary way.
     *
     * @param failure if the source is broken; its channel may not report it
     */
    void onSpliceEnded(@Nullable IOException failure);
}
