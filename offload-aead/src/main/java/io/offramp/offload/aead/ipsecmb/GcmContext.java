package io.offramp.offload.aead.ipsecmb;

import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** AES-GCM: a whole message is one call. */
final class GcmContext extends KeyContext {
    /** {@code struct gcm_key_data} of version 1.3: 1,008 bytes. */
    private static final int KEY_DATA = CIPHER;

    private static final int KEY_DATA_BYTES = 1024;

    /** {@code struct gcm_context_data}: 88 bytes. */
    private static final int STATE = KEY_DATA + KEY_DATA_BYTES;

    private static final int STATE_BYTES = 96;

    private final Functions functions;

    /** The library's functions for one key length. */
    record Functions(
            MemorySegment pre,
            MemorySegment encrypt,
            MemorySegment decrypt,
            MemorySegment init,
            MemorySegment encryptUpdate,
            MemorySegment decryptUpdate,
            MemorySegment encryptFinalize,
            MemorySegment decryptFinalize) {
        static Functions of(SymbolLookup library, int keyBits, Level level) {
            return new Functions(
                    named(library, "pre", "", keyBits, level),
                    named(library, "enc", "", keyBits, level),
                    named(library, "dec", "", keyBits, level),
                    named(library, "init", "", keyBits, level),
                    named(library, "enc", "_update", keyBits, level),
                    named(library, "dec", "_update", keyBits, level),
                    named(library, "enc", "_finalize", keyBits, level),
                    named(library, "dec", "_finalize", keyBits, level));
        }

        private static MemorySegment named(SymbolLookup library, String verb, String part, int keyBits, Level level) {
            return IpsecMb.function(library, "aes_gcm_" + verb + "_" + keyBits + part + "_" + level.suffix());
        }
    }

    GcmContext(Functions functions, byte[] key, boolean encrypt) {
        super(encrypt, KEY_DATA_BYTES + STATE_BYTES);
        this.functions = functions;
        long scratch = block() + STATE;
        NativeMemory.putBytes(scratch, key);
        IpsecMb.expandKey(functions.pre(), scratch, block() + KEY_DATA);
        NativeMemory.wipe(scratch, key.length);
    }

    @Override
    void start(long aad, int aadBytes) {
        IpsecMb.start(functions.init(), block() + KEY_DATA, block() + STATE, nonce(), aad, aadBytes);
    }

    @Override
    void update(long in, long out, int bytes) {
        MemorySegment function = encrypt ? functions.encryptUpdate() : functions.decryptUpdate();
        IpsecMb.update(function, block() + KEY_DATA, block() + STATE, out, in, bytes);
    }

    @Override
    void finish(long tag) {
        MemorySegment function = encrypt ? functions.encryptFinalize() : functions.decryptFinalize();
        IpsecMb.finish(function, block() + KEY_DATA, block() + STATE, tag, AeadSuite.TAG_BYTES);
    }

    @Override
    void whole(long in, long out, int bytes, long aad, int aadBytes, long tag) {
        MemorySegment function = encrypt ? functions.encrypt() : functions.decrypt();
        IpsecMb.crypt(
                function,
                block() + KEY_DATA,
                block() + STATE,
                out,
                in,
                bytes,
                nonce(),
                aad,
                aadBytes,
                tag,
                AeadSuite.TAG_BYTES);
    }
}
