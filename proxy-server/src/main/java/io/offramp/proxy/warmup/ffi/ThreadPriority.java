package io.offramp.proxy.warmup.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** How much of a busy machine's CPU a thread gets. */
@SuppressWarnings("restricted")
public final class ThreadPriority {
    private ThreadPriority() {}

    /**
     * Lowers that of the calling thread, and so of the threads that it starts from now on: on Linux, nice(2) means a
     * thread. Without privileges it cannot be raised again.
     *
     * @param by 10 leaves a tenth of what another thread gets
     * @throws IOException if this machine refuses
     */
    public static void lower(int by) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle nice = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("nice"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        int result;
        try {
            result = (int) nice.invokeExact(by);
        } catch (Throwable e) {
            throw new IllegalStateException("nice", e);
        }
        if (result < 0) {
            throw new IOException("nice(" + by + ") = " + result);
        }
    }
}
