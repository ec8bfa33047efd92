package io.offramp.offload.aead;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;

/**
 * How buffers are laid out around one call: each area lies between guard bytes, which must survive.
 *
 * @param inPlace input and output are the same area
 * @param aadInFront the AAD lies in the output buffer just in front of the ciphertext, as a record header does
 */
record Exercise(BufferKind inKind, BufferKind outKind, boolean inPlace, boolean aadInFront) {
    static final int GUARD_BYTES = 67;
    private static final byte GUARD = (byte) 0xa5;

    /** Seals and returns ciphertext and tag. */
    byte[] seal(Sealer sealer, Message message) {
        int sealedBytes = message.text().length + AeadSuite.TAG_BYTES;
        byte[] plaintext = message.plaintext();
        int gap = aadInFront ? message.aad().length : 0;
        ByteBuf out = outKind.of(guarded(gap + sealedBytes, aadInFront ? message.aad() : new byte[0]));
        ByteBuf in = inPlace ? out : inKind.of(guarded(plaintext.length, plaintext));
        ByteBuf aad = aadInFront ? out : inKind.of(guarded(message.aad().length, message.aad()));
        int at = GUARD_BYTES + gap;
        try {
            if (inPlace) {
                out.setBytes(at, plaintext);
            }
            int before = out.writerIndex();
            int written = sealer.seal(
                    message.nonceHead(),
                    message.nonceTail(),
                    aad,
                    GUARD_BYTES,
                    message.aad().length,
                    in,
                    inPlace ? at : GUARD_BYTES,
                    plaintext.length,
                    message.trailer(),
                    out,
                    at);
            assertThat(written).isEqualTo(sealedBytes);
            assertThat(out.writerIndex()).isEqualTo(before);
            assertThat(out.readerIndex()).isZero();
            assertGuards(out, gap + sealedBytes);
            assertGuards(in, inPlace ? gap + sealedBytes : plaintext.length);
            if (!inPlace) {
                assertThat(ByteBufUtil.getBytes(in, GUARD_BYTES, plaintext.length))
                        .isEqualTo(plaintext);
            }
            return ByteBufUtil.getBytes(out, at, sealedBytes);
        } finally {
            releaseAll(in, out, aad);
        }
    }

    /** What an open gave: its verdict, and the bytes where the plaintext belongs. */
    record Opened(boolean authentic, byte[] text) {}

    /** Opens ciphertext and tag under the nonce and AAD of the message. */
    Opened open(Opener opener, Message message, byte[] sealed) {
        int textBytes = sealed.length - AeadSuite.TAG_BYTES;
        ByteBuf in = inKind.of(guarded(sealed.length, sealed));
        ByteBuf out = inPlace ? in : outKind.of(guarded(textBytes, new byte[0]));
        ByteBuf aad = outKind.of(guarded(message.aad().length, message.aad()));
        try {
            boolean authentic = opener.open(
                    message.nonceHead(),
                    message.nonceTail(),
                    aad,
                    GUARD_BYTES,
                    message.aad().length,
                    in,
                    GUARD_BYTES,
                    textBytes,
                    out,
                    GUARD_BYTES);
            assertGuards(in, sealed.length);
            assertGuards(out, inPlace ? sealed.length : textBytes);
            assertThat(ByteBufUtil.getBytes(in, GUARD_BYTES + textBytes, AeadSuite.TAG_BYTES))
                    .isEqualTo(Arrays.copyOfRange(sealed, textBytes, sealed.length));
            return new Opened(authentic, ByteBufUtil.getBytes(out, GUARD_BYTES, textBytes));
        } finally {
            releaseAll(in, out, aad);
        }
    }

    static byte[] guarded(int bytes, byte[] content) {
        byte[] all = new byte[bytes + 2 * GUARD_BYTES];
        Arrays.fill(all, GUARD);
        System.arraycopy(content, 0, all, GUARD_BYTES, content.length);
        return all;
    }

    static void assertGuards(ByteBuf buffer, int bytes) {
        byte[] guard = new byte[GUARD_BYTES];
        Arrays.fill(guard, GUARD);
        assertThat(ByteBufUtil.getBytes(buffer, 0, GUARD_BYTES)).isEqualTo(guard);
        assertThat(ByteBufUtil.getBytes(buffer, GUARD_BYTES + bytes, GUARD_BYTES))
                .isEqualTo(guard);
    }

    static void releaseAll(ByteBuf... buffers) {
        for (ByteBuf buffer : buffers) {
            if (buffer.refCnt() > 0) {
                assertThat(buffer.release()).isTrue();
            }
        }
    }
}
