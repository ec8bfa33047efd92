package io.offramp.proxy.sandbox.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** System calls by number (syscall(2)). A negative result is the error's number. Thread-safe. */
@SuppressWarnings("restricted")
public final class SystemCalls {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = STATE.byteOffset(PathElement.groupElement("errno"));
    /** struct sock_fprog: length 2, padding, address. */
    private static final int PROGRAM_BYTES = 16;

    private static final int PROGRAM_AT = 8;

    private SystemCalls() {}

    /** With two arguments; the others are 0. */
    public static long call(int number, long first, long second) {
        return invoke(number, first, second, 0);
    }

    /** With two arguments, and a pointer to this memory. */
    public static long callWithMemory(int number, long first, long second, int memory) {
        try (Arena arena = Arena.ofConfined()) {
            return invoke(
                    number, first, second, arena.allocateFrom(JAVA_INT, memory).address());
        }
    }

    /**
     * With two arguments, and a pointer to a program of classic BPF (struct sock_fprog).
     *
     * @param program whole instructions of 8 bytes
     */
    public static long callWithProgram(int number, long first, long second, byte[] program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocate(program.length, Long.BYTES);
            MemorySegment.copy(program, 0, instructions, JAVA_BYTE, 0, program.length);
            MemorySegment described = arena.allocate(PROGRAM_BYTES, Long.BYTES);
            described.set(JAVA_SHORT, 0, (short) (program.length / Long.BYTES));
            described.set(ADDRESS, PROGRAM_AT, instructions);
            return invoke(number, first, second, described.address());
        }
    }

    private static long invoke(long number, long first, long second, long third) {
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) syscall.invokeExact(state, number, first, second, third, 0L, 0L);
            return result < 0 ? -state.get(JAVA_INT, ERRNO_AT) : result;
        } catch (Throwable e) {
            throw new IllegalStateException("syscall", e);
        }
    }
}
