package io.offramp.offload.aead.libcrypto;

import io.offramp.offload.aead.ffi.Downcalls;
import io.offramp.offload.aead.ffi.NativeLibrary.Loaded;
import io.offramp.offload.aead.ffi.NativeLibrary.Missing;
import io.offramp.offload.aead.ffi.NativeMemory;
import java.lang.foreign.MemorySegment;

/**
 * The functions of libcrypto that an AEAD context needs; names and parameters as in its manual, pointers as
 * {@code long}. Touched only where {@link Libcrypto#LIBRARY} is loaded. Every return code is checked here.
 */
final class Evp {
    /**
     * Up to here an update is a critical call, which saves some ns of some 700 and delays a safepoint by at most a few
     * microseconds. For more bytes the saving was not measurable.
     */
    static final int CRITICAL_BYTES = 4096;

    /** No atexit handler: the JVM may call it while threads are still in a record. */
    private static final long OPENSSL_INIT_NO_ATEXIT = 0x0008_0000L;

    private static final int OPENSSL_VERSION = 0;
    private static final long ERROR_BYTES = 256;
    private static final long NULL = 0;

    private static final MemorySegment VERSION = function("OpenSSL_version");
    private static final MemorySegment ALLOCATE = function("CRYPTO_zalloc");
    private static final MemorySegment FREE = function("CRYPTO_clear_free");
    private static final MemorySegment FETCH = function("EVP_CIPHER_fetch");
    private static final MemorySegment NEW = function("EVP_CIPHER_CTX_new");
    private static final MemorySegment CONTEXT_FREE = function("EVP_CIPHER_CTX_free");
    private static final MemorySegment ERROR_CLEAR = function("ERR_clear_error");
    private static final MemorySegment ERROR_PEEK = function("ERR_peek_last_error");
    private static final MemorySegment ERROR_STRING = function("ERR_error_string_n");
    private static final MemorySegment INIT = function("EVP_CipherInit_ex2");
    private static final MemorySegment UPDATE = function("EVP_CipherUpdate");
    private static final MemorySegment FINAL = function("EVP_CipherFinal_ex");
    private static final MemorySegment GET_PARAMS = function("EVP_CIPHER_CTX_get_params");
    private static final MemorySegment SET_PARAMS = function("EVP_CIPHER_CTX_set_params");

    static {
        MemorySegment initialize = function("OPENSSL_init_crypto");
        require(Downcalls.call(initialize, OPENSSL_INIT_NO_ATEXIT, NULL, 0), "OPENSSL_init_crypto");
    }

    private Evp() {}

    /** {@code OpenSSL 3.0.19 27 Jan 2026}. */
    static String version() {
        return NativeMemory.string(Downcalls.call(VERSION, OPENSSL_VERSION, 0, 0));
    }

    /** Zeroed memory, never null. */
    static long allocate(long bytes) {
        return requireNonNull(Downcalls.call(ALLOCATE, bytes, NULL, 0), "CRYPTO_zalloc");
    }

    /** Wipes and frees. */
    static void free(long address, long bytes) {
        Downcalls.call(FREE, address, bytes, NULL);
    }

    /** The cipher of a name, or 0 where no loaded provider has it. Fetched once per process: a fetch takes locks. */
    static long fetch(long name) {
        long cipher = Downcalls.call(FETCH, NULL, name, NULL);
        if (cipher == NULL) {
            clearError();
        }
        return cipher;
    }

    static long newContext() {
        return requireNonNull(Downcalls.call(NEW, 0, 0, 0), "EVP_CIPHER_CTX_new");
    }

    /** Wipes the key schedule and frees. */
    static void freeContext(long context) {
        Downcalls.call(CONTEXT_FREE, context, 0, 0);
    }

    /** Sets up a new context: key schedule, direction. */
    static void setKey(long context, long cipher, long key, boolean encrypt) {
        require(Downcalls.call(INIT, context, cipher, key, NULL, encrypt ? 1 : 0, NULL), "EVP_CipherInit_ex2");
    }

    /** Starts a message under the key that the context has. {@code params} may be 0. */
    static void setNonce(long context, long nonce, boolean encrypt, long params) {
        require(Downcalls.critical(INIT, context, NULL, NULL, nonce, encrypt ? 1 : 0, params), "EVP_CipherInit_ex2");
    }

    /** Works through the bytes at {@code in}: as AAD where {@code out} is 0. */
    static void update(long context, long out, long lengthOut, long in, int bytes) {
        long done = bytes <= CRITICAL_BYTES
                ? Downcalls.critical(UPDATE, context, out, lengthOut, in, bytes, 0)
                : Downcalls.call(UPDATE, context, out, lengthOut, in, bytes, 0);
        require(done, "EVP_CipherUpdate");
    }

    /** Ends a message. When decrypting, true only if the tag is right. */
    static boolean finish(long context, long out, long lengthOut) {
        boolean done = (int) Downcalls.critical(FINAL, context, out, lengthOut, 0, 0, 0) == 1;
        if (!done) {
            clearError();
        }
        return done;
    }

    static void getParams(long context, long params) {
        require(Downcalls.critical(GET_PARAMS, context, params, 0, 0, 0, 0), "EVP_CIPHER_CTX_get_params");
    }

    static void setParams(long context, long params) {
        require(Downcalls.critical(SET_PARAMS, context, params, 0, 0, 0, 0), "EVP_CIPHER_CTX_set_params");
    }

    /** @param returned an {@code int}: only its lower half counts */
    private static void require(long returned, String function) {
        if ((int) returned != 1) {
            throw new IllegalStateException(function + " returned " + (int) returned + ": " + lastError());
        }
    }

    private static long requireNonNull(long returned, String function) {
        if (returned == NULL) {
            throw new IllegalStateException(function + " returned NULL: " + lastError());
        }
        return returned;
    }

    private static void clearError() {
        Downcalls.call(ERROR_CLEAR, 0, 0, 0);
    }

    /** The thread's last error, which is removed: other users of the library on this thread must not find it. */
    private static String lastError() {
        long text = Downcalls.call(ALLOCATE, ERROR_BYTES, NULL, 0);
        if (text == NULL) {
            return "out of memory";
        }
        try {
            Downcalls.call(ERROR_STRING, Downcalls.call(ERROR_PEEK, 0, 0, 0), text, ERROR_BYTES);
            clearError();
            return NativeMemory.string(text);
        } finally {
            free(text, ERROR_BYTES);
        }
    }

    private static MemorySegment function(String name) {
        return switch (Libcrypto.LIBRARY) {
            case Loaded(var symbols) -> symbols.findOrThrow(name);
            case Missing(var cause) -> throw new IllegalStateException(cause);
        };
    }
}
