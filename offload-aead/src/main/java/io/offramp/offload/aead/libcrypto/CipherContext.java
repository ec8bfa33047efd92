package io.offramp.offload.aead.libcrypto;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.ffi.NativeMemory;
import io.offramp.offload.key.AeadSuite;
import java.util.Objects;

/**
 * A libcrypto context that holds one key, and the small native block that its calls read from and write to. Both are
 * wiped and freed by {@link #close()}.
 *
 * <pre>
 *   block   0 nonce (12)   16 length out (4)
 *          24 output of the final call (16), which an AEAD leaves alone; a tag that is not in direct memory
 *          40 OSSL_PARAM "tag": 40 name, 48 type, 56 data, 64 data size, 72 return size
 *          80 OSSL_PARAM end (40)   120 AAD that is not in direct memory (136)
 * </pre>
 */
final class CipherContext implements AutoCloseable {
    private static final int LENGTH_OUT = 16;
    private static final int FINAL_OUT = 24;
    private static final int TAG = FINAL_OUT;
    private static final int TAG_PARAM = 40;
    private static final int TAG_TYPE = TAG_PARAM + 8;
    private static final int TAG_DATA = TAG_PARAM + 16;
    private static final int TAG_SIZE = TAG_PARAM + 24;
    private static final int AAD = 120;
    private static final int AAD_BYTES = 136;
    private static final int BLOCK_BYTES = AAD + AAD_BYTES;

    private static final int OSSL_PARAM_OCTET_STRING = 5;
    private static final long TAG_NAME = NativeMemory.constant("tag");

    private final boolean encrypt;
    private long context;
    private long block;

    /** Sets the key; the nonce is set per message. */
    CipherContext(long cipher, byte[] key, boolean encrypt) {
        this.encrypt = encrypt;
        block = Evp.allocate(BLOCK_BYTES);
        try {
            context = Evp.newContext();
            NativeMemory.putLong(block + TAG_PARAM, TAG_NAME);
            NativeMemory.putInt(block + TAG_TYPE, OSSL_PARAM_OCTET_STRING);
            NativeMemory.putLong(block + TAG_SIZE, AeadSuite.TAG_BYTES);
            NativeMemory.putBytes(block + AAD, key);
            Evp.setKey(context, cipher, block + AAD, encrypt);
            NativeMemory.wipe(block + AAD, key.length);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a message: nonce, then AAD.
     *
     * @param expectedTag address of the tag when decrypting; 0 when encrypting, or if {@link #expectTag} follows
     */
    void begin(int nonceHead, long nonceTail, long expectedTag, ByteBuf aad, int aadIndex, int aadBytes) {
        requireOpen();
        Objects.checkFromIndexSize(aadIndex, aadBytes, aad.capacity());
        NativeMemory.putIntBigEndian(block, nonceHead);
        NativeMemory.putLongBigEndian(block + 4, nonceTail);
        Evp.setNonce(context, block, encrypt, expectedTag == 0 ? 0 : tagAt(expectedTag));
        if (aad.hasMemoryAddress()) {
            update(aad.memoryAddress() + aadIndex, 0, aadBytes);
        } else {
            copyAad(aad, aadIndex, aadBytes);
        }
    }

    /** Encrypts or decrypts; the two addresses are equal or the areas are apart. */
    void update(long in, long out, int bytes) {
        if (bytes > 0) {
            Evp.update(context, out, block + LENGTH_OUT, in, bytes);
        }
    }

    /** Ends a message; when decrypting, true only if the tag was right. */
    boolean finish() {
        return Evp.finish(context, block + FINAL_OUT, block + LENGTH_OUT);
    }

    /** Writes the tag of the message just encrypted. */
    void readTag(long address) {
        Evp.getParams(context, tagAt(address));
    }

    /** Writes the tag of the message just encrypted to any kind of buffer. */
    void readTag(ByteBuf out, int index) {
        Objects.checkFromIndexSize(index, AeadSuite.TAG_BYTES, out.capacity());
        if (out.hasMemoryAddress()) {
            readTag(out.memoryAddress() + index);
        } else {
            readTag(block + TAG);
            NativeMemory.getBytes(block + TAG, out, index, AeadSuite.TAG_BYTES);
        }
    }

    /** Sets the tag that {@link #finish()} compares with, if {@link #begin} did not; any kind of buffer, copied. */
    void expectTag(ByteBuf tag, int index) {
        Objects.checkFromIndexSize(index, AeadSuite.TAG_BYTES, tag.capacity());
        long address = block + TAG;
        if (tag.hasMemoryAddress()) {
            address = tag.memoryAddress() + index;
        } else {
            NativeMemory.putBytes(address, tag, index, AeadSuite.TAG_BYTES);
        }
        Evp.setParams(context, tagAt(address));
    }

    /** @throws IllegalStateException after {@link #close()} */
    void requireOpen() {
        if (context == 0) {
            throw new IllegalStateException("AEAD context is closed");
        }
    }

    private void copyAad(ByteBuf aad, int index, int bytes) {
        for (int done = 0; done < bytes; done += AAD_BYTES) {
            int part = Math.min(AAD_BYTES, bytes - done);
            NativeMemory.putBytes(block + AAD, aad, index + done, part);
            update(block + AAD, 0, part);
        }
    }

    private long tagAt(long address) {
        NativeMemory.putLong(block + TAG_DATA, address);
        return block + TAG_PARAM;
    }

    @Override
    public void close() {
        if (context != 0) {
            Evp.freeContext(context);
            context = 0;
        }
        if (block != 0) {
            Evp.free(block, BLOCK_BYTES);
            block = 0;
        }
    }
}
