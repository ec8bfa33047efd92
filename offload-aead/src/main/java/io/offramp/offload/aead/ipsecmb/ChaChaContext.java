package io.offramp.offload.aead.ipsecmb;

import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.lang.foreign.MemorySegment;

/** ChaCha20-Poly1305: a message is three calls, through pointers in the manager. */
final class ChaChaContext extends KeyContext {
    /** {@code struct chacha20_poly1305_context_data}: 192 bytes. */
    private static final int STATE = CIPHER;

    private static final int STATE_BYTES = 192;
    private static final int KEY = STATE + STATE_BYTES;
    private static final int KEY_BYTES = 32;

    private final Functions functions;

    /** The functions that the manager has chosen for this CPU. */
    record Functions(MemorySegment init, MemorySegment encrypt, MemorySegment decrypt, MemorySegment finish) {
        /** Offset of {@code chacha20_poly1305_init} in {@code IMB_MGR} of version 1.3; the other three follow it. */
        private static final int INIT = 920;

        static Functions of(long manager) {
            return new Functions(
                    IpsecMb.function(manager, INIT),
                    IpsecMb.function(manager, INIT + 8),
                    IpsecMb.function(manager, INIT + 16),
                    IpsecMb.function(manager, INIT + 24));
        }
    }

    ChaChaContext(Functions functions, byte[] key, boolean encrypt) {
        super(encrypt, STATE_BYTES + KEY_BYTES);
        this.functions = functions;
        NativeMemory.putBytes(block() + KEY, key);
    }

    @Override
    void start(long aad, int aadBytes) {
        IpsecMb.start(functions.init(), block() + KEY, block() + STATE, nonce(), aad, aadBytes);
    }

    @Override
    void update(long in, long out, int bytes) {
        MemorySegment function = encrypt ? functions.encrypt() : functions.decrypt();
        IpsecMb.update(function, block() + KEY, block() + STATE, out, in, bytes);
    }

    @Override
    void finish(long tag) {
        IpsecMb.finish(functions.finish(), block() + STATE, tag, AeadSuite.TAG_BYTES);
    }
}
