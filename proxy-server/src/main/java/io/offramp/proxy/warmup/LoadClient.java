package io.offramp.proxy.warmup;

import java.io.IOException;

/** A client's connection. It counts what it gets and looks at none of it. One thread; each call may block. */
interface LoadClient extends AutoCloseable {
    /** Asks for an answer of this size. */
    void get(int bytes) throws IOException;

    /** Sends a body of this size. */
    void put(int bytes) throws IOException;

    /**
     * Reads one answer to its end.
     *
     * @return its status
     */
    int status() throws IOException;

    /** The next connection begins with a full handshake. */
    void forgetSession();

    @Override
    void close() throws IOException;
}
