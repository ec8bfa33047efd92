package io.offramp.offload;

import java.io.IOException;

/**
 * An {@link RxSession} that reads the socket itself, as kernel TLS requires: what the channel's transport reads has no
 * record type. The transport's own reads are off while it does. At the peer's FIN the transport still reads; those
 * bytes go to {@link #receive} and are content.
 *
 * <p>Reports the end of the stream by {@link RxSink#onEnd}.
 */
public interface SocketRxSession extends RxSession {
    /** True until this session is closed. Afterwards the transport may read again. */
    boolean readsSocket();

    /** True if the last read found no whole record in the socket; false while it delivers. */
    boolean isDrained();

    /** Reads what the socket has. Called when the channel wants to read, and when its auto-read is on again. */
    void resume();

    /**
     * Takes an error that the transport met on the socket, at a FIN or an error: the socket reports it only once, so
     * this session will not see it.
     */
    void readFailed(IOException cause);
}
