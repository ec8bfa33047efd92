package io.offramp.offload.aead.choice;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.AeadEngine;
import io.offramp.offload.aead.OpenStream;
import io.offramp.offload.aead.Opener;
import io.offramp.offload.aead.SealStream;
import io.offramp.offload.aead.Sealer;
import io.offramp.offload.key.AeadSuite;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Asks an engine for known answers before it protects anything. The key is 0, 1, 2, … and the plaintext a thousand
 * bytes counting up; the tags were made by the JDK's AES-GCM and ChaCha20-Poly1305.
 */
final class KnownAnswers {
    private static final int NONCE_HEAD = 0x0102_0304;
    private static final long NONCE_TAIL = 0x0506_0708_090a_0b0cL;
    private static final int AAD_BYTES = 5;
    private static final int TEXT_BYTES = 1000;
    /** No multiple of a cipher block, or of the blocks done at once. */
    private static final int PIECE_BYTES = 333;

    private static final int SECOND_PIECE = AAD_BYTES + PIECE_BYTES;
    private static final int SEALED_BYTES = TEXT_BYTES + AeadSuite.TAG_BYTES;

    private KnownAnswers() {}

    /** The fault of the engine, or null if its answers are right. */
    static @Nullable String problem(AeadEngine engine, AeadSuite suite) {
        ByteBuf record = Unpooled.directBuffer(AAD_BYTES + SEALED_BYTES);
        byte[] key = counting(suite.keyBytes());
        try (Sealer sealer = engine.sealer(suite, key);
                Opener opener = engine.opener(suite, key)) {
            byte[] text = counting(TEXT_BYTES);
            record.setBytes(0, counting(AAD_BYTES)).setBytes(AAD_BYTES, text);
            sealer.seal(
                    NONCE_HEAD,
                    NONCE_TAIL,
                    record,
                    0,
                    AAD_BYTES,
                    record,
                    AAD_BYTES,
                    TEXT_BYTES,
                    Sealer.NO_TRAILER,
                    record,
                    AAD_BYTES);
            byte[] tag = bytes(record, AAD_BYTES + TEXT_BYTES, AeadSuite.TAG_BYTES);
            if (!HexFormat.of().formatHex(tag).equals(tag(suite))) {
                return "it seals wrongly";
            }
            if (!open(opener, record) || !Arrays.equals(bytes(record, AAD_BYTES, TEXT_BYTES), text)) {
                return "it does not open what it has sealed";
            }
            record.setBytes(AAD_BYTES + TEXT_BYTES, new byte[AeadSuite.TAG_BYTES]);
            if (open(opener, record)) {
                return "it accepts a wrong tag";
            }
            return suite.isGcm() ? problemInPieces(engine, suite, record) : null;
        } catch (RuntimeException | LinkageError e) {
            return e.toString();
        } finally {
            record.release();
        }
    }

    /** The same for messages in pieces, for which an engine may have other code. */
    private static @Nullable String problemInPieces(AeadEngine engine, AeadSuite suite, ByteBuf record) {
        byte[] key = counting(suite.keyBytes());
        byte[] text = counting(TEXT_BYTES);
        try (SealStream sealing = engine.sealStream(suite, key);
                OpenStream opening = engine.openStream(suite, key)) {
            record.setBytes(AAD_BYTES, text);
            sealing.start(NONCE_HEAD, NONCE_TAIL, record, 0, AAD_BYTES);
            sealing.update(record, AAD_BYTES, PIECE_BYTES, record, AAD_BYTES);
            sealing.update(record, SECOND_PIECE, TEXT_BYTES - PIECE_BYTES, record, SECOND_PIECE);
            sealing.finish(record, AAD_BYTES + TEXT_BYTES);
            byte[] tag = bytes(record, AAD_BYTES + TEXT_BYTES, AeadSuite.TAG_BYTES);
            if (!HexFormat.of().formatHex(tag).equals(tag(suite))) {
                return "it seals wrongly in pieces";
            }
            if (!open(opening, record) || !Arrays.equals(bytes(record, AAD_BYTES, TEXT_BYTES), text)) {
                return "it does not open in pieces what it has sealed";
            }
            return open(opening, record) ? "it accepts a wrong tag in pieces" : null;
        }
    }

    private static boolean open(OpenStream opening, ByteBuf record) {
        opening.start(NONCE_HEAD, NONCE_TAIL, record, 0, AAD_BYTES);
        opening.update(record, AAD_BYTES, PIECE_BYTES, record, AAD_BYTES);
        opening.update(record, SECOND_PIECE, TEXT_BYTES - PIECE_BYTES, record, SECOND_PIECE);
        return opening.finish(record, AAD_BYTES + TEXT_BYTES);
    }

    private static boolean open(Opener opener, ByteBuf record) {
        return opener.open(
                NONCE_HEAD, NONCE_TAIL, record, 0, AAD_BYTES, record, AAD_BYTES, TEXT_BYTES, record, AAD_BYTES);
    }

    private static String tag(AeadSuite suite) {
        return switch (suite) {
            case AES_128_GCM -> "d578fc814f04e84f8a3aeee578b0046e";
            case AES_256_GCM -> "61d4fbb78631723257d7301c5c3d5176";
            case CHACHA20_POLY1305 -> "d397cce22b325778fe2b6ac826ce7d75";
        };
    }

    private static byte[] counting(int bytes) {
        byte[] counting = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            counting[i] = (byte) i;
        }
        return counting;
    }

    private static byte[] bytes(ByteBuf from, int index, int bytes) {
        byte[] copy = new byte[bytes];
        from.getBytes(index, copy);
        return copy;
    }
}
