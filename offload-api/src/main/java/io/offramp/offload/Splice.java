package io.offramp.offload;

import java.io.IOException;

/**
 * Content on its way from another socket of this host into the records of a {@link TxSession}, past this process. Begun
 * by {@link TxSession#splice}. Confined to the event loop of both sockets.
 */
public interface Splice extends AutoCloseable {
    /** The source has nothing, or content taken before is not out yet. */
    int NOTHING = 0;

    /** The source has ended, or cannot be spliced from any more. An ordinary read of it reports why. */
    int ENDED = -1;

    /**
     * Takes what the source has and seals it as application data behind everything sealed before, as one message to the
     * session's sink. The backend cuts the records; each holds at least one byte. {@link TxSink#onSpliced} reports
     * their number.
     *
     * @param maxBytes most content to take, at least 1
     * @return bytes taken, {@link #NOTHING} or {@link #ENDED}
     * @throws IOException if the source is broken, such as by a reset; its own channel may not see that any more
     */
    int seal(int maxBytes) throws IOException;

    /** Ordinary reads of the source may go on; taken content goes out. May be called more than once. */
    @Override
    void close();
}
