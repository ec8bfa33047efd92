package io.offramp.offload.ktls.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.offramp.offload.ktls.kernel.Errno;
import org.jspecify.annotations.Nullable;

/**
 * A pipe of this process, in which the kernel keeps references to pages on their way from one socket to another
 * (splice(2)). Nothing blocks. Confined to one thread.
 */
public final class Pipe implements AutoCloseable {
    private static final int F_SETPIPE_SZ = 1031;
    private static final int O_NONBLOCK_CLOEXEC = 0x80800;
    private static final int SPLICE_F_MOVE = 1;
    private static final int SPLICE_F_NONBLOCK = 2;

    private final int out;
    private final int in;
    private int held;
    private boolean open = true;

    private Pipe(int out, int in) {
        this.out = out;
        this.in = in;
    }

    /**
     * @param bytes its size; less if the user's limit for pipes is reached
     * @return null if there is none left
     */
    public static @Nullable Pipe open(int bytes) {
        CallMemory memory = CallMemory.current();
        if (Libc.pipe2(memory.state, memory.value, O_NONBLOCK_CLOEXEC) < 0) {
            return null;
        }
        Pipe pipe = new Pipe(memory.value.get(JAVA_INT, 0), memory.value.get(JAVA_INT, Integer.BYTES));
        Libc.fcntl(memory.state, pipe.in, F_SETPIPE_SZ, bytes);
        return pipe;
    }

    /** Bytes in it. */
    public int held() {
        return held;
    }

    /**
     * Takes a socket's bytes, as far as there is room. Only with an empty pipe does "nothing" mean that the socket was
     * empty.
     *
     * @return bytes, 0 at the end of the stream, or a negative {@link Errno}
     */
    public int fill(int socket, int maxBytes) {
        int moved;
        do {
            moved = Libc.splice(CallMemory.current().state, socket, in, maxBytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        } while (moved == -Errno.EINTR);
        held += Math.max(0, moved);
        return moved;
    }

    /**
     * Gives a socket as many of the bytes as it has room for. Never with {@code SPLICE_F_MORE}: kernel TLS would hold
     * the last record back for further bytes.
     *
     * @return bytes, or a negative {@link Errno}
     */
    public int drain(int socket) {
        int moved;
        do {
            moved = Libc.splice(CallMemory.current().state, out, socket, held, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        } while (moved == -Errno.EINTR);
        held -= Math.max(0, moved);
        return moved;
    }

    /** Closes it; its content is lost. */
    @Override
    public void close() {
        if (open) {
            open = false;
            CallMemory memory = CallMemory.current();
            Libc.close(memory.state, out);
            Libc.close(memory.state, in);
        }
    }
}
