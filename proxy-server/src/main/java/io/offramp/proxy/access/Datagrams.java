package io.offramp.proxy.access;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A datagram socket that is connected to a receiver, and never blocks. One thread. */
interface Datagrams extends AutoCloseable {
    /**
     * Sends one datagram. Connects first, if it has to.
     *
     * @param datagram in a direct buffer
     * @return false if there is no room now
     * @throws IOException if there is no receiver; the next call connects anew
     */
    boolean send(ByteBuffer datagram) throws IOException;

    /** Idempotent; the next {@link #send} connects anew. */
    @Override
    void close() throws IOException;
}
