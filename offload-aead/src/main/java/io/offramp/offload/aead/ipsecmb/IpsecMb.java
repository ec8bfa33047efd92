package io.offramp.offload.aead.ipsecmb;

import io.offramp.offload.aead.ffi.Downcalls;
import io.offramp.offload.aead.ffi.NativeLibrary;
import io.offramp.offload.aead.ffi.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/**
 * The functions of libIPSec_MB, as {@code intel-ipsec-mb.h} has them; pointers are {@code long}s. None returns an error
 * or allocates: arguments must be right.
 *
 * <p>All calls for records are {@linkplain Downcalls critical}: a record of 16 KiB takes one to five microseconds, and
 * so long may a safepoint wait.
 */
final class IpsecMb {
    private static final long NULL = 0;

    /** Offset of {@code features} in {@code IMB_MGR}. */
    private static final int FEATURES = 8;

    private IpsecMb() {}

    /** Where the library is, if it is. */
    static NativeLibrary load() {
        return NativeLibrary.load(List.of(
                "libIPSec_MB.so.1",
                "/usr/lib/x86_64-linux-gnu/libIPSec_MB.so.1",
                "/usr/lib64/libIPSec_MB.so.1",
                "/usr/lib/libIPSec_MB.so.1",
                "/usr/local/lib/libIPSec_MB.so.1"));
    }

    /** {@code 0x10300} for 1.3.0. */
    static int version(SymbolLookup library) {
        return (int) Downcalls.call(function(library, "imb_get_version"), 0, 0, 0);
    }

    /** A manager for this CPU, which lives as long as the process. The library's own self-test runs in here. */
    static long newManager(SymbolLookup library) {
        long manager = Downcalls.call(function(library, "alloc_mb_mgr"), 0, 0, 0);
        if (manager == NULL) {
            throw new IllegalStateException("alloc_mb_mgr returned NULL");
        }
        Downcalls.call(function(library, "init_mb_mgr_auto"), manager, NULL, 0);
        return manager;
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
        Downcalls.critical(function, key, keyData, 0, 0, 0, 0);
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
        Downcalls.critical(function, keyData, context, out, in, bytes, nonce, aad, aadBytes, tag, tagBytes);
    }

    /** {@code init(key, context, nonce, aad, aad_len)}: starts a message. */
    static void start(MemorySegment function, long key, long context, long nonce, long aad, long aadBytes) {
        Downcalls.critical(function, key, context, nonce, aad, aadBytes, 0);
    }

    /** {@code update(key, context, out, in, len)}: the next piece of a message. */
    static void update(MemorySegment function, long key, long context, long out, long in, long bytes) {
        Downcalls.critical(function, key, context, out, in, bytes, 0);
    }

    /** {@code finalize(key_data, context, tag, tag_len)} of AES-GCM. */
    static void finish(MemorySegment function, long keyData, long context, long tag, long tagBytes) {
        Downcalls.critical(function, keyData, context, tag, tagBytes, 0, 0);
    }

    /** {@code finalize(context, tag, tag_len)} of ChaCha20-Poly1305. */
    static void finish(MemorySegment function, long context, long tag, long tagBytes) {
        Downcalls.critical(function, context, tag, tagBytes, 0, 0, 0);
    }
}
