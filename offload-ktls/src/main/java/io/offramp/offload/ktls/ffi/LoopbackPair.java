package io.offramp.offload.ktls.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Two ends of a TCP connection of this machine with itself, to try the kernel on. They block; nothing is on the way when they are
 * made.
 *
 * @param near to be tried
 * @param far  to see what came of it
 */
public record LoopbackPair(int near, int far) implements AutoCloseable {
    private static final short AF_INET = 2;
    private static final int SOCK_STREAM_CLOEXEC = 0x80001;
    private static final int SOCKADDR_BYTES = 16;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** An error of a system call: what failed, and how. */
    public static final class SystemCallException extends Exception {
        private static final long serialVersionUID = 1;

        private final int errno;

        SystemCallException(String call, int errno) {
            super(call, null, false, false);
            this.errno = Math.abs(errno);
        }

        /** Positive. */
        public int errno() {
            return errno;
        }
    }

    /** Connects two sockets. */
    public static LoopbackPair open() throws SystemCallException {
        MemorySegment state = CallMemory.current().state;
        int listener = -1;
        int near = -1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_BYTES, Long.BYTES);
            ByteBuffer struct = address.asByteBuffer().order(ByteOrder.nativeOrder());
            struct.putShort(0, AF_INET).put(4, LOOPBACK);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SOCKADDR_BYTES);
            listener = require("socket", Libc.socket(state, AF_INET, SOCK_STREAM_CLOEXEC, 0));
            require("bind", Libc.bind(state, listener, address, SOCKADDR_BYTES));
            require("listen", Libc.listen(state, listener, 1));
            require("getsockname", Libc.getsockname(state, listener, address, length));
            near = require("socket", Libc.socket(state, AF_INET, SOCK_STREAM_CLOEXEC, 0));
            require("connect", Libc.connect(state, near, address, SOCKADDR_BYTES));
            LoopbackPair pair = new LoopbackPair(near, require("accept", Libc.accept(state, listener)));
            near = -1;
            return pair;
        } finally {
            close(state, listener);
            close(state, near);
        }
    }

    /** Reads what the near end has sent, waiting for it, up to the buffer's length. Bytes read, or an error. */
    public int readFar(byte[] into) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(into.length);
            int read = Libc.recv(CallMemory.current().state, far, bytes.address(), into.length, 0);
            if (read > 0) {
                MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, into, 0, read);
            }
            return read;
        }
    }

    @Override
    public void close() {
        MemorySegment state = CallMemory.current().state;
        close(state, near);
        close(state, far);
    }

    private static void close(MemorySegment state, int fd) {
        if (fd >= 0) {
            Libc.close(state, fd);
        }
    }

    private static int require(String call, int result) throws SystemCallException {
        if (result < 0) {
            throw new SystemCallException(call, result);
        }
        return result;
    }
}
