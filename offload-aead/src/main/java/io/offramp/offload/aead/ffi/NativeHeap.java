package io.offramp.offload.aead.ffi;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** The C library's heap, for blocks that live as long as a key. The caller frees each block once. Thread-safe. */
public final class NativeHeap {
    /** A cache line, and the widest vector. */
    public static final int ALIGNMENT = 64;

    private static final MemorySegment ALLOCATE = function("aligned_alloc");
    private static final MemorySegment FREE = function("free");

    private NativeHeap() {}

    /**
     * Returns the address of a zeroed block, aligned to {@value #ALIGNMENT} bytes.
     *
     * @throws IllegalStateException if there is no memory left
     */
    public static long allocate(int bytes) {
        long rounded = (bytes + ALIGNMENT - 1L) & -ALIGNMENT;
        long address = Downcalls.call(ALLOCATE, ALIGNMENT, rounded, 0);
        if (address == 0) {
            throw new IllegalStateException("aligned_alloc: no memory for " + rounded + " bytes");
        }
        NativeMemory.wipe(address, bytes);
        return address;
    }

    /** Wipes and frees. */
    public static void free(long address, int bytes) {
        NativeMemory.wipe(address, bytes);
        Downcalls.call(FREE, address, 0, 0);
    }

    private static MemorySegment function(String name) {
        return Linker.nativeLinker().defaultLookup().findOrThrow(name);
    }
}
