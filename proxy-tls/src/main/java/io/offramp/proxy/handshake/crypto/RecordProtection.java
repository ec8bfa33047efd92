package io.offramp.proxy.handshake.crypto;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordFormat;
import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/**
 * Protects and opens the few records that a handshake encrypts itself. Uses the JDK's ciphers: with one or two small
 * records per key, setting the key dominates, and there they are the cheapest.
 */
final class RecordProtection {
    private static final ThreadLocal<Cipher> GCM = ThreadLocal.withInitial(() -> cipher("AES/GCM/NoPadding"));
    private static final ThreadLocal<Cipher> CHACHA20 = ThreadLocal.withInitial(() -> cipher("ChaCha20-Poly1305"));

    private RecordProtection() {}

    /**
     * Seals {@code in[from, from + length)} into {@code out} at {@code to}.
     *
     * @param nonceTail the sequence; the explicit nonce where there is one
     * @return bytes written: ciphertext and tag
     */
    static int seal(TrafficKeys keys, long nonceTail, byte[] aad, byte[] in, int from, int length, byte[] out, int to)
            throws GeneralSecurityException {
        Cipher cipher = keyed(Cipher.ENCRYPT_MODE, keys, nonceTail, aad);
        return cipher.doFinal(in, from, length, out, to);
    }

    /**
     * Opens {@code in[from, from + length)}, ciphertext and tag.
     *
     * @param nonceTail the sequence; the explicit nonce where there is one
     * @throws javax.crypto.AEADBadTagException if it does not authenticate
     */
    static byte[] open(TrafficKeys keys, long nonceTail, byte[] aad, byte[] in, int from, int length)
            throws GeneralSecurityException {
        return keyed(Cipher.DECRYPT_MODE, keys, nonceTail, aad).doFinal(in, from, length);
    }

    /** The additional data of a TLS 1.3 record: its header (RFC 8446 §5.2). */
    static byte[] aad13(int recordType, int recordVersion, int fragmentBytes) {
        byte[] aad = new byte[RecordFormat.HEADER_BYTES];
        header(aad, 0, recordType, recordVersion, fragmentBytes);
        return aad;
    }

    /** The additional data of a TLS 1.2 record: the sequence, and the header before protection (RFC 5246 §6.2.3.3). */
    static byte[] aad12(long sequence, int contentType, int recordVersion, int plaintextBytes) {
        byte[] aad = new byte[Long.BYTES + RecordFormat.HEADER_BYTES];
        putLong(aad, 0, sequence);
        header(aad, Long.BYTES, contentType, recordVersion, plaintextBytes);
        return aad;
    }

    static void putLong(byte[] out, int at, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            out[at + i] = (byte) (value >>> 56 - 8 * i);
        }
    }

    static long getLong(byte[] in, int at) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | (in[at + i] & 0xff);
        }
        return value;
    }

    private static void header(byte[] out, int at, int type, int version, int length) {
        out[at] = (byte) type;
        out[at + 1] = (byte) (version >>> 8);
        out[at + 2] = (byte) version;
        out[at + 3] = (byte) (length >>> 8);
        out[at + 4] = (byte) length;
    }

    private static Cipher keyed(int mode, TrafficKeys keys, long nonceTail, byte[] aad)
            throws GeneralSecurityException {
        byte[] nonce = new byte[AeadSuite.NONCE_BYTES];
        int head = keys.nonceHead();
        for (int i = 0; i < 4; i++) {
            nonce[i] = (byte) (head >>> 24 - 8 * i);
        }
        putLong(nonce, 4, keys.nonceTailMask() ^ nonceTail);
        boolean gcm = keys.suite().isGcm();
        AlgorithmParameterSpec parameters =
                gcm ? new GCMParameterSpec(8 * AeadSuite.TAG_BYTES, nonce) : new IvParameterSpec(nonce);
        Cipher cipher = (gcm ? GCM : CHACHA20).get();
        cipher.init(mode, new RawKey(gcm ? "AES" : "ChaCha20", keys.dangerousKey()), parameters);
        cipher.updateAAD(aad);
        return cipher;
    }

    private static Cipher cipher(String transformation) {
        try {
            return Cipher.getInstance(transformation);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
