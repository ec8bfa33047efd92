package io.offramp.offload;

import java.io.IOException;

/**
 * Content on its way from another socket of this host into the records of a {@link TxSession}, which it reaches without
 * coming through this process. Begun by {@link TxSession#splice}. Confined to the event loop of both sockets.
 */
public interface Splice extends AutoCloseable {
    /** The source has nothing, or what was taken from it before is not out yet. */
    int NOTHING = 0;

    /** The source has ended, or cannot be spliced from any more: whoever reads it in the ordinary way sees why. */
    int ENDED = -1;

    /**
     * Takes what the source has and seals it as application data behind everything sealed before, as one message out of
     * the session's sink. The backend cuts the records, each of which holds at least one byte: {@link TxSink#onSpliced}
     * tells how many they were.
     *
     * @param maxBytes most content to take, at least 1
     * @return bytes taken, {@link #NOTHING} or {@link #ENDED}
     * @throws IOException if the source is broken: a reset, of which its own channel may not hear any more
     */
    int seal(int maxBytes) throws IOException;

    /** The source can be read in the ordinary way again; what was taken goes out. May be called more than once. */
    @Override
    void close();
}
