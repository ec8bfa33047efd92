package io.offramp.offload.aead.ipsecmb;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.offramp.offload.aead.ffi.Downcalls;
import io.offramp.offload.aead.ffi.NativeLibrary;
import io.offramp.offload.aead.ffi.NativeMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;

/**
 * The functions of libIPSec_MB, as {@code intel-ipsec-mb.h} has them; pointers are {@code long}s. None returns an error
 * or allocates: arguments must be right. One handle serves all functions of a shape, and the function's address is its
 * first argument, so that each handle is a constant for the compiler.
 *
 * <p>All calls are {@linkplain Linker.Option#critical critical}: a record of 16 KiB takes one to five microseconds, and
 * so long may a safepoint wait.
 */
final class IpsecMb {
    static final NativeLibrary LIBRARY = NativeLibrary.load(List.of(
            "libIPSec_MB.so.1",
            "/usr/lib/x86_64-linux-gnu/libIPSec_MB.so.1",
            "/usr/lib64/libIPSec_MB.so.1",
            "/usr/lib/libIPSec_MB.so.1",
            "/usr/local/lib/libIPSec_MB.so.1"));

    private static final long NULL = 0;

    /** Offset of {@code features} in {@code IMB_MGR}. */
    private static final int FEATURES = 8;

    private static final MethodHandle CALL_2 = shape(2);
    private static final MethodHandle CALL_3 = shape(3);
    private static final MethodHandle CALL_4 = shape(4);
    private static final MethodHandle CALL_5 = shape(5);
    private static final MethodHandle CALL_10 = shape(10);

    private IpsecMb() {}

    /** {@code 0x10300} for 1.3.0. */
    static int version(SymbolLookup library) {
        try {
            return (int) handle(library, "imb_get_version", FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** A manager for this CPU, which lives as long as the process. The library's own self-test runs in here. */
    static long newManager(SymbolLookup library) {
        try {
            long manager = (long) handle(library, "alloc_mb_mgr", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG))
                    .invokeExact(NULL);
            if (manager == NULL) {
                throw new IllegalStateException("alloc_mb_mgr returned NULL");
            }
            handle(library, "init_mb_mgr_auto", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG))
                    .invokeExact(manager, NULL);
            return manager;
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** {@code IMB_FEATURE_…} of this CPU and of the library. */
    static long features(long manager) {
        return NativeMemory.getLong(manager + FEATURES);
    }

    /** A function by name. */
    static MemorySegment function(SymbolLookup library, String name) {
        return library.findOrThrow(name);
    }

    /** A function by the pointer in the manager. */
    static MemorySegment function(long manager, int offset) {
        return MemorySegment.ofAddress(NativeMemory.getLong(manager + offset));
    }

    /** {@code pre(key, key_data)}: the key schedule. */
    static void expandKey(MemorySegment function, long key, long keyData) {
        try {
            CALL_2.invokeExact(function, key, keyData);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** {@code enc} or {@code dec}: a whole message, with the tag that it has or should have. */
    static void crypt(
            MemorySegment function,
            long keyData,
            long context,
            long out,
            long in,
            long bytes,
            long nonce,
            long aad,
            long aadBytes,
            long tag,
            long tagBytes) {
        try {
            CALL_10.invokeExact(function, keyData, context, out, in, bytes, nonce, aad, aadBytes, tag, tagBytes);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** {@code init(key, context, nonce, aad, aad_len)}: starts a message. */
    static void start(MemorySegment function, long key, long context, long nonce, long aad, long aadBytes) {
        try {
            CALL_5.invokeExact(function, key, context, nonce, aad, aadBytes);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** {@code update(key, context, out, in, len)}: the next piece of a message. */
    static void update(MemorySegment function, long key, long context, long out, long in, long bytes) {
        try {
            CALL_5.invokeExact(function, key, context, out, in, bytes);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** {@code finalize(key_data, context, tag, tag_len)} of AES-GCM. */
    static void finish(MemorySegment function, long keyData, long context, long tag, long tagBytes) {
        try {
            CALL_4.invokeExact(function, keyData, context, tag, tagBytes);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** {@code finalize(context, tag, tag_len)} of ChaCha20-Poly1305. */
    static void finish(MemorySegment function, long context, long tag, long tagBytes) {
        try {
            CALL_3.invokeExact(function, context, tag, tagBytes);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle shape(int parameters) {
        MemoryLayout[] layouts = new MemoryLayout[parameters];
        Arrays.fill(layouts, JAVA_LONG);
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(layouts), Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }
}
