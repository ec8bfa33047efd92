package io.offramp.offload.tck;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The record layer as the standards write it down, on byte arrays and {@code javax.crypto}: the peer of a backend under
 * test. Deliberately plain, and without a line in common with any backend.
 */
public final class ReferenceRecords {
    private static final int APPLICATION_DATA = 23;

    private final boolean tls13;
    private final AeadSuite suite;
    private final byte[] key;
    private final byte[] iv;
    private long sequence;

    /** Copies key and IV, and starts at the keys' sequence. */
    public ReferenceRecords(TrafficKeys keys) {
        tls13 = keys.version().code() == 0x0304;
        suite = keys.suite();
        key = keys.dangerousKey().clone();
        iv = keys.dangerousIv().clone();
        sequence = keys.nextSequence();
    }

    /** Record sequence of the next record. */
    public long sequence() {
        return sequence;
    }

    /**
     * Seals one record with the type's number and advances the sequence; in TLS 1.2 with GCM the explicit nonce is the
     * sequence.
     */
    public byte[] seal(int type, byte[] content) {
        return tls13 ? sealInner(concat(content, new byte[] {(byte) type})) : seal12(type, content, sequence);
    }

    /** The content, cut into records of at most {@code maxPlaintextBytes}; an empty one gives one empty record. */
    public byte[] sealAll(int type, byte[] content, int maxPlaintextBytes) {
        byte[] wire = seal(type, Arrays.copyOf(content, Math.min(content.length, maxPlaintextBytes)));
        for (int from = maxPlaintextBytes; from < content.length; from += maxPlaintextBytes) {
            int to = Math.min(content.length, from + maxPlaintextBytes);
            wire = concat(wire, seal(type, Arrays.copyOfRange(content, from, to)));
        }
        return wire;
    }

    /** TLS 1.3: seals a whole TLSInnerPlaintext: content, type and padding as they come (RFC 8446 §5.2). */
    public byte[] sealInner(byte[] inner) {
        byte[] header = header(APPLICATION_DATA, inner.length + AeadSuite.TAG_BYTES);
        byte[] sealed = encrypt(nonce(), header, inner);
        sequence++;
        return concat(header, sealed);
    }

    /** TLS 1.2 with GCM: seals one record with an explicit nonce of the sender's own choice (RFC 5288 §3). */
    public byte[] sealWithExplicitNonce(int type, byte[] content, long explicitNonce) {
        return seal12(type, content, explicitNonce);
    }

    private byte[] seal12(int type, byte[] content, long explicitNonce) {
        byte[] explicit = suite.isGcm() ? longBytes(explicitNonce) : new byte[0];
        byte[] nonce = suite.isGcm() ? concat(iv, explicit) : nonce();
        // RFC 5246 §6.2.3.3: seq_num + TLSCompressed.type + TLSCompressed.version + TLSCompressed.length
        byte[] sealed = encrypt(nonce, concat(longBytes(sequence), header(type, content.length)), content);
        sequence++;
        return concat(header(type, explicit.length + sealed.length), concat(explicit, sealed));
    }

    /** RFC 8446 §5.3 and RFC 7905 §2: the sequence, padded on the left to the IV's length, XOR the IV. */
    private byte[] nonce() {
        byte[] nonce = iv.clone();
        byte[] number = longBytes(sequence);
        for (int i = 0; i < number.length; i++) {
            nonce[nonce.length - number.length + i] ^= number[i];
        }
        return nonce;
    }

    private byte[] encrypt(byte[] nonce, byte[] additionalData, byte[] plaintext) {
        try {
            Cipher cipher = Cipher.getInstance(suite.isGcm() ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(key, suite.isGcm() ? "AES" : "ChaCha20"),
                    suite.isGcm() ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce));
            cipher.updateAAD(additionalData);
            return cipher.doFinal(plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] header(int type, int length) {
        return new byte[] {(byte) type, 3, 3, (byte) (length >> 8), (byte) length};
    }

    private static byte[] longBytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    /** Both, one behind the other. */
    public static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
