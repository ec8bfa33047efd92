package io.offramp.proxy.sockets.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Descriptors that this process has not opened. Thread-safe. */
@SuppressWarnings("restricted")
public final class Descriptors {
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SOCK_STREAM = 1;
    private static final int SO_ACCEPTCONN = 30;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

    private Descriptors() {}

    /**
     * Sets O_NONBLOCK for all who have the file open. An accept(2) that finds the connection gone, or taken by another
     * process, would block its event loop otherwise.
     *
     * @throws IOException if it is no open descriptor
     */
    public static void doNotBlock(int descriptor) throws IOException {
        int flags = fcntl(descriptor, F_GETFL, 0);
        if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) {
            throw new IOException("descriptor " + descriptor + " is not open");
        }
    }

    /** Whether connections can be accepted from it: neither a datagram socket nor a connection. */
    public static boolean isListening(int descriptor) {
        return option(descriptor, SOL_SOCKET, SO_TYPE) == SOCK_STREAM
                && option(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1;
    }

    /** Whether it is a socket of IPv6 that takes no IPv4. */
    public static boolean isIpv6Only(int descriptor) {
        return option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY) == 1;
    }

    /** Of a socket; negative if it has no such option. */
    private static int option(int descriptor, int level, int name) {
        Linker linker = Linker.nativeLinker();
        MethodHandle getsockopt = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("getsockopt"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment bytes = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            int failed = (int) getsockopt.invokeExact(descriptor, level, name, value, bytes);
            return failed < 0 ? failed : value.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw new IllegalStateException("getsockopt", e);
        }
    }

    private static int fcntl(int descriptor, int command, int argument) {
        Linker linker = Linker.nativeLinker();
        MethodHandle fcntl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("fcntl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        try {
            return (int) fcntl.invokeExact(descriptor, command, argument);
        } catch (Throwable e) {
            throw new IllegalStateException("fcntl", e);
        }
    }
}
