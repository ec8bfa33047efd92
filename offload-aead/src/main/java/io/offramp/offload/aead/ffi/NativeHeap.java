package io.offramp.offload.aead.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** The C library's heap, for blocks that live as long as a key. The caller frees each block once. Thread-safe. */
@SuppressWarnings("restricted")
public final class NativeHeap {
    /** A cache line, and the widest vector. */
    public static final int ALIGNMENT = 64;

    private static final MethodHandle ALLOCATE =
            handle("aligned_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = handle("free", FunctionDescriptor.ofVoid(JAVA_LONG));

    private NativeHeap() {}

    /**
     * Returns the address of a zeroed block, aligned to {@value #ALIGNMENT} bytes.
     *
     * @throws IllegalStateException if there is no memory left
     */
    public static long allocate(int bytes) {
        long rounded = (bytes + ALIGNMENT - 1L) & -ALIGNMENT;
        long address;
        try {
            address = (long) ALLOCATE.invokeExact((long) ALIGNMENT, rounded);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
        if (address == 0) {
            throw new IllegalStateException("aligned_alloc: no memory for " + rounded + " bytes");
        }
        NativeMemory.wipe(address, bytes);
        return address;
    }

    /** Wipes and frees. */
    public static void free(long address, int bytes) {
        NativeMemory.wipe(address, bytes);
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
}
