package io.offramp.proxy.sockets.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Descriptors that this process has not opened. Thread-safe. */
@SuppressWarnings("restricted")
public final class Descriptors {
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;

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
