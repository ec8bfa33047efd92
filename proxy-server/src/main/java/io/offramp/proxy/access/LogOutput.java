package io.offramp.proxy.access;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A destination of lines. Used by its writer's thread alone; may block. */
interface LogOutput extends AutoCloseable {
    /**
     * Writes lines, and moves the position behind what it took: all, some, or nothing if it takes none now. It may go
     * back to the start of a line.
     *
     * @param lines whole lines, unless the last call took a part of one
     * @throws IOException if it failed behind the position; it is asked again
     */
    void write(ByteBuffer lines) throws IOException;

    /**
     * Opens it anew: somebody may have moved the file.
     *
     * @throws IOException if that fails; it then stays as it was
     */
    void reopen() throws IOException;

    @Override
    void close() throws IOException;
}
