package io.offramp.offload.aead.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * Calls of C functions that take integers and pointers, which are {@code long}s here.
 *
 * <p>One handle serves them all: the function is its first argument, arguments that a function does not have are 0, and
 * a result that it does not have is ignored. Integer arguments go in registers or where the caller cleans up, so a
 * function does not see those behind its own. A result of type {@code int} is the lower half. To link a shape of a call
 * takes the JVM some ms, and 20 shapes took a tenth of the time to start.
 *
 * <p>A {@linkplain Linker.Option#critical critical} call costs a few ns less, and delays a safepoint by as long as it
 * takes.
 */
@SuppressWarnings("restricted")
public final class Downcalls {
    private static final MethodHandle CALL = handle(6);
    private static final MethodHandle CRITICAL = handle(6, Linker.Option.critical(false));

    /** Linked when there is a library whose functions take as many. */
    private static final class Ten {
        static final MethodHandle CRITICAL = handle(10, Linker.Option.critical(false));
    }

    private Downcalls() {}

    /** Calls a function that may block or take long. */
    public static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    /** {@link #call(MemorySegment, long, long, long, long, long, long)} for three arguments or less. */
    public static long call(MemorySegment function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    /** Calls a function that takes microseconds at most. */
    public static long critical(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CRITICAL.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    /** {@link #critical(MemorySegment, long, long, long, long, long, long)} for ten arguments. */
    public static void critical(
            MemorySegment function, long a, long b, long c, long d, long e, long f, long g, long h, long i, long j) {
        try {
            long _ = (long) Ten.CRITICAL.invokeExact(function, a, b, c, d, e, f, g, h, i, j);
        } catch (Throwable thrown) {
            throw rethrown(thrown);
        }
    }

    private static MethodHandle handle(int arguments, Linker.Option... options) {
        MemoryLayout[] layouts = new MemoryLayout[arguments];
        Arrays.fill(layouts, JAVA_LONG);
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_LONG, layouts), options);
    }

    /** A downcall throws nothing checked. */
    private static RuntimeException rethrown(Throwable thrown) {
        switch (thrown) {
            case RuntimeException unchecked -> throw unchecked;
            case Error error -> throw error;
            default -> throw new AssertionError("a downcall throws nothing checked", thrown);
        }
    }
}
