package io.offramp.offload.ktls.ffi;

import io.offramp.offload.ktls.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

/**
 * Two ends of a TCP connection of this machine with itself, for probing the kernel. Each call blocks for a limited
 * time; no byte is on the way at first.
 *
 * @param near the probed end
 * @param far its peer, to see the result
 * @param limitMillis limit of a blocking call
 */
public record LoopbackPair(int near, int far, int limitMillis) implements AutoCloseable {
    /** Enough on one machine. */
    static final int LIMIT_MS = 2_000;

    private static final short AF_INET = 2;
    private static final int SOCK_STREAM_CLOEXEC = 0x80001;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final short POLLIN = 1;
    private static final int SOCKADDR_BYTES = 16;

    /** Other processes may connect first: they are accepted and closed. */
    private static final int BACKLOG = 16;

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** An error of a system call: the call and its error. */
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
        return open(LIMIT_MS, port -> {});
    }

    /** @param onListening gets the port before our own end connects to it */
    static LoopbackPair open(int limitMillis, IntConsumer onListening) throws SystemCallException {
        MemorySegment state = CallMemory.current().state;
        int listener = -1;
        int near = -1;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_BYTES, Long.BYTES);
            ByteBuffer struct = address.asByteBuffer().order(ByteOrder.nativeOrder());
            struct.putShort(0, AF_INET).put(4, LOOPBACK);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SOCKADDR_BYTES);
            listener = socket(state, limitMillis);
            require("bind", Libc.bind(state, listener, address, SOCKADDR_BYTES));
            require("listen", Libc.listen(state, listener, BACKLOG));
            require("getsockname", Libc.getsockname(state, listener, address, length));
            onListening.accept(struct.order(ByteOrder.BIG_ENDIAN).getShort(2) & 0xffff);
            near = socket(state, limitMillis);
            require("connect", Libc.connect(state, near, address, SOCKADDR_BYTES));
            int far = accept(state, listener, near, limitMillis);
            LoopbackPair pair = new LoopbackPair(near, far, limitMillis);
            near = -1;
            limit(state, far, limitMillis);
            return pair;
        } finally {
            close(state, listener);
            close(state, near);
        }
    }

    private static int socket(MemorySegment state, int limitMillis) throws SystemCallException {
        int fd = require("socket", Libc.socket(state, AF_INET, SOCK_STREAM_CLOEXEC, 0));
        limit(state, fd, limitMillis);
        return fd;
    }

    /** Bounds each call on this socket, {@code connect} and {@code accept} as well (socket(7)). */
    private static void limit(MemorySegment state, int fd, int limitMillis) {
        byte[] timeval = ByteBuffer.allocate(16)
                .order(ByteOrder.nativeOrder())
                .putLong(limitMillis / 1_000)
                .putLong(limitMillis % 1_000 * 1_000L)
                .array();
        for (int option : new int[] {SO_RCVTIMEO, SO_SNDTIMEO}) {
            Libc.setsockopt(state, fd, SOL_SOCKET, option, CallMemory.current().value(timeval), timeval.length);
        }
    }

    /** Takes the connection of our own end: anyone on this machine may have connected before. */
    private static int accept(MemorySegment state, int listener, int near, int limitMillis) throws SystemCallException {
        long deadline = System.nanoTime() + limitMillis * 1_000_000L;
        do {
            int far = require("accept", Libc.accept(state, listener));
            if (isConnected(state, near, far)) {
                return far;
            }
            close(state, far);
        } while (System.nanoTime() < deadline);
        throw new SystemCallException("accept", Errno.ETIMEDOUT);
    }

    private static boolean isConnected(MemorySegment state, int near, int far) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ours = arena.allocate(SOCKADDR_BYTES, Long.BYTES);
            MemorySegment peer = arena.allocate(SOCKADDR_BYTES, Long.BYTES);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SOCKADDR_BYTES);
            return Libc.getsockname(state, near, ours, length) == 0
                    && Libc.getpeername(state, far, peer, length) == 0
                    && ours.mismatch(peer) < 0;
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

    /** Sends this to the near end. Bytes sent, or an error. */
    public int writeFar(byte[] from) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, from);
            return Libc.send(CallMemory.current().state, far, bytes.address(), from.length, MSG_NOSIGNAL);
        }
    }

    /** Waits until the near end has something to read. 1, 0 if nothing came in time, or an error. */
    public int awaitNear() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptor = arena.allocate(Long.BYTES, Long.BYTES);
            descriptor.set(ValueLayout.JAVA_INT, 0, near);
            descriptor.set(ValueLayout.JAVA_SHORT, Integer.BYTES, POLLIN);
            return Libc.poll(CallMemory.current().state, descriptor, 1, limitMillis);
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
