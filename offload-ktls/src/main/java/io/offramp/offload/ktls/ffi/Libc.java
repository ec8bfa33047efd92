package io.offramp.offload.ktls.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Functions of the C library, names and parameters as in its manual. Each returns what the function returns, or the
 * negative {@link Errno} where that is -1.
 */
@SuppressWarnings("restricted")
final class Libc {
    /** Holds {@code errno} after a call. */
    static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();

    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN = function("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT =
            function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle ACCEPT =
            function("accept", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETSOCKNAME =
            function("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETPEERNAME =
            function("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SEND =
            function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SENDMSG =
            function("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECVMSG =
            function("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FCNTL = LINKER.downcallHandle(
            address("fcntl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PIPE2 = function("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SPLICE = function(
            "splice", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle IOCTL = LINKER.downcallHandle(
            address("ioctl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle POLL =
            function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Libc() {}

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(address(name), type, Linker.Option.captureCallState("errno"));
    }

    private static MemorySegment address(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("the C library has no " + name));
    }

    static int socket(MemorySegment state, int domain, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int bind(MemorySegment state, int fd, MemorySegment address, int bytes) {
        try {
            return result((int) BIND.invokeExact(state, fd, address, bytes), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int listen(MemorySegment state, int fd, int backlog) {
        try {
            return result((int) LISTEN.invokeExact(state, fd, backlog), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int connect(MemorySegment state, int fd, MemorySegment address, int bytes) {
        try {
            return result((int) CONNECT.invokeExact(state, fd, address, bytes), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int accept(MemorySegment state, int fd) {
        try {
            return result((int) ACCEPT.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int getsockname(MemorySegment state, int fd, MemorySegment address, MemorySegment bytes) {
        try {
            return result((int) GETSOCKNAME.invokeExact(state, fd, address, bytes), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int getpeername(MemorySegment state, int fd, MemorySegment address, MemorySegment bytes) {
        try {
            return result((int) GETPEERNAME.invokeExact(state, fd, address, bytes), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int setsockopt(MemorySegment state, int fd, int level, int name, MemorySegment value, int bytes) {
        try {
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, name, value, bytes), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int getsockopt(MemorySegment state, int fd, int level, int name, MemorySegment value, MemorySegment bytes) {
        try {
            return result((int) GETSOCKOPT.invokeExact(state, fd, level, name, value, bytes), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int send(MemorySegment state, int fd, long address, long bytes, int flags) {
        try {
            return result((int) (long) SEND.invokeExact(state, fd, address, bytes, flags), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int recv(MemorySegment state, int fd, long address, long bytes, int flags) {
        try {
            return result((int) (long) RECV.invokeExact(state, fd, address, bytes, flags), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int sendmsg(MemorySegment state, int fd, MemorySegment message, int flags) {
        try {
            return result((int) (long) SENDMSG.invokeExact(state, fd, message, flags), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int recvmsg(MemorySegment state, int fd, MemorySegment message, int flags) {
        try {
            return result((int) (long) RECVMSG.invokeExact(state, fd, message, flags), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int fcntl(MemorySegment state, int fd, int command, int argument) {
        try {
            return result((int) FCNTL.invokeExact(state, fd, command, argument), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int pipe2(MemorySegment state, MemorySegment ends, int flags) {
        try {
            return result((int) PIPE2.invokeExact(state, ends, flags), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** From and to where the descriptors stand. */
    static int splice(MemorySegment state, int from, int to, long bytes, int flags) {
        try {
            return result(
                    (int) (long)
                            SPLICE.invokeExact(state, from, MemorySegment.NULL, to, MemorySegment.NULL, bytes, flags),
                    state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int ioctl(MemorySegment state, int fd, long request, MemorySegment argument) {
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int poll(MemorySegment state, MemorySegment descriptors, long count, int timeoutMillis) {
        try {
            return result((int) POLL.invokeExact(state, descriptors, count, timeoutMillis), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int close(MemorySegment state, int fd) {
        try {
            return result((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    private static int result(int returned, MemorySegment state) {
        return returned == -1 ? -(int) ERRNO.get(state, 0L) : returned;
    }

    private static RuntimeException rethrown(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }
}
