package io.offramp.offload.aead.libcrypto;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.offramp.offload.aead.ffi.Downcalls;
import io.offramp.offload.aead.ffi.NativeLibrary.Loaded;
import io.offramp.offload.aead.ffi.NativeLibrary.Missing;
import io.offramp.offload.aead.ffi.NativeMemory;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

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

    private static final MethodHandle INIT_CRYPTO = function("OPENSSL_init_crypto", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle VERSION = function("OpenSSL_version", JAVA_LONG, JAVA_INT);
    private static final MethodHandle ALLOCATE = function("CRYPTO_zalloc", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FREE = procedure("CRYPTO_clear_free", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FETCH = function("EVP_CIPHER_fetch", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle NEW = function("EVP_CIPHER_CTX_new", JAVA_LONG);
    private static final MethodHandle CONTEXT_FREE = procedure("EVP_CIPHER_CTX_free", JAVA_LONG);
    private static final MethodHandle ERROR_CLEAR = procedure("ERR_clear_error");

    private static final MethodHandle INIT =
            function("EVP_CipherInit_ex2", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle INIT_NONCE =
            critical("EVP_CipherInit_ex2", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle UPDATE_SHORT =
            critical("EVP_CipherUpdate", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle UPDATE_LONG =
            function("EVP_CipherUpdate", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FINAL = critical("EVP_CipherFinal_ex", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_PARAMS = critical("EVP_CIPHER_CTX_get_params", JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SET_PARAMS = critical("EVP_CIPHER_CTX_set_params", JAVA_LONG, JAVA_LONG);

    static {
        try {
            require((int) INIT_CRYPTO.invokeExact(OPENSSL_INIT_NO_ATEXIT, NULL), "OPENSSL_init_crypto");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Linked when there is one: every new shape of a call takes the JVM some ms. */
    private static final class Errors {
        static final MethodHandle PEEK = function("ERR_peek_last_error", JAVA_LONG);
        static final MethodHandle STRING = procedure("ERR_error_string_n", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    }

    private Evp() {}

    /** {@code OpenSSL 3.0.19 27 Jan 2026}. */
    static String version() {
        try {
            return NativeMemory.string((long) VERSION.invokeExact(OPENSSL_VERSION));
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Zeroed memory, never null. */
    static long allocate(long bytes) {
        try {
            return requireNonNull((long) ALLOCATE.invokeExact(bytes, NULL, 0), "CRYPTO_zalloc");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Wipes and frees. */
    static void free(long address, long bytes) {
        try {
            FREE.invokeExact(address, bytes, NULL, 0);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** The cipher of a name, or 0 where no loaded provider has it. Fetched once per process: a fetch takes locks. */
    static long fetch(long name) {
        try {
            long cipher = (long) FETCH.invokeExact(NULL, name, NULL);
            if (cipher == NULL) {
                ERROR_CLEAR.invokeExact();
            }
            return cipher;
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    static long newContext() {
        try {
            return requireNonNull((long) NEW.invokeExact(), "EVP_CIPHER_CTX_new");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Wipes the key schedule and frees. */
    static void freeContext(long context) {
        try {
            CONTEXT_FREE.invokeExact(context);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Sets up a new context: key schedule, direction. */
    static void setKey(long context, long cipher, long key, boolean encrypt) {
        try {
            require((int) INIT.invokeExact(context, cipher, key, NULL, encrypt ? 1 : 0, NULL), "EVP_CipherInit_ex2");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Starts a message under the key that the context has. {@code params} may be 0. */
    static void setNonce(long context, long nonce, boolean encrypt, long params) {
        try {
            require(
                    (int) INIT_NONCE.invokeExact(context, NULL, NULL, nonce, encrypt ? 1 : 0, params),
                    "EVP_CipherInit_ex2");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Works through the bytes at {@code in}: as AAD where {@code out} is 0. */
    static void update(long context, long out, long lengthOut, long in, int bytes) {
        try {
            int done = bytes <= CRITICAL_BYTES
                    ? (int) UPDATE_SHORT.invokeExact(context, out, lengthOut, in, bytes)
                    : (int) UPDATE_LONG.invokeExact(context, out, lengthOut, in, bytes);
            require(done, "EVP_CipherUpdate");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    /** Ends a message. When decrypting, true only if the tag is right. */
    static boolean finish(long context, long out, long lengthOut) {
        try {
            boolean done = (int) FINAL.invokeExact(context, out, lengthOut) == 1;
            if (!done) {
                ERROR_CLEAR.invokeExact();
            }
            return done;
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    static void getParams(long context, long params) {
        try {
            require((int) GET_PARAMS.invokeExact(context, params), "EVP_CIPHER_CTX_get_params");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    static void setParams(long context, long params) {
        try {
            require((int) SET_PARAMS.invokeExact(context, params), "EVP_CIPHER_CTX_set_params");
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        }
    }

    private static void require(int returned, String function) {
        if (returned != 1) {
            throw new IllegalStateException(function + " returned " + returned + ": " + lastError());
        }
    }

    private static long requireNonNull(long returned, String function) {
        if (returned == NULL) {
            throw new IllegalStateException(function + " returned NULL: " + lastError());
        }
        return returned;
    }

    /** The thread's last error, which is removed: other users of the library on this thread must not find it. */
    private static String lastError() {
        long text = 0;
        try {
            text = (long) ALLOCATE.invokeExact(ERROR_BYTES, NULL, 0);
            if (text == NULL) {
                return "out of memory";
            }
            Errors.STRING.invokeExact((long) Errors.PEEK.invokeExact(), text, ERROR_BYTES);
            ERROR_CLEAR.invokeExact();
            return NativeMemory.string(text);
        } catch (Throwable e) {
            throw Downcalls.rethrown(e);
        } finally {
            if (text != NULL) {
                free(text, ERROR_BYTES);
            }
        }
    }

    private static MethodHandle function(String name, MemoryLayout returned, MemoryLayout... parameters) {
        return handle(name, FunctionDescriptor.of(returned, parameters));
    }

    private static MethodHandle procedure(String name, MemoryLayout... parameters) {
        return handle(name, FunctionDescriptor.ofVoid(parameters));
    }

    private static MethodHandle critical(String name, MemoryLayout... parameters) {
        return handle(name, FunctionDescriptor.of(JAVA_INT, parameters), Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return switch (Libcrypto.LIBRARY) {
            case Loaded(var symbols) ->
                Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor, options);
            case Missing(var cause) -> throw new IllegalStateException(cause);
        };
    }
}
