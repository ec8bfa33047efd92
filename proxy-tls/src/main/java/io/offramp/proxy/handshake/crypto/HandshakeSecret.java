package io.offramp.proxy.handshake.crypto;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.crypto.TlsEncryptor;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/**
 * A secret of one handshake, tracked by its {@link HandshakeCrypto}, which finally wipes it unless that has been done
 * before. Not thread-safe.
 */
public final class HandshakeSecret implements TlsSecret {
    /** HkdfLabels begin with two bytes of length of the output and one of the label. */
    private static final int LABEL_AT = 3;

    private static final byte[] EXTERNAL_BINDER = "tls13 ext binder".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESUMPTION_BINDER = "tls13 res binder".getBytes(StandardCharsets.US_ASCII);

    private final HandshakeCrypto crypto;
    private final boolean ofResumption;
    private byte @Nullable [] data;

    /** Takes ownership of {@code data}. */
    HandshakeSecret(HandshakeCrypto crypto, byte[] data) {
        this(crypto, data, false);
    }

    /**
     * Takes ownership of {@code data}.
     *
     * @param ofResumption whether this is a PSK from a ticket, or the early secret of one
     */
    HandshakeSecret(HandshakeCrypto crypto, byte[] data, boolean ofResumption) {
        this.crypto = crypto;
        this.ofResumption = ofResumption;
        this.data = data;
    }

    /** The secret itself, not a copy. */
    public byte[] dangerousData() {
        byte[] alive = data;
        if (alive == null) {
            throw new IllegalStateException("secret was destroyed");
        }
        return alive;
    }

    @Override
    public byte[] calculateHMAC(int cryptoHashAlgorithm, byte[] buf, int off, int len) {
        return Kdf.of(cryptoHashAlgorithm).hmac(dangerousData(), buf, off, len);
    }

    @Override
    public TlsSecret deriveUsingPRF(int prfAlgorithm, String label, byte[] seed, int length) {
        Kdf kdf = switch (prfAlgorithm) {
            case PRFAlgorithm.tls_prf_sha256 -> Kdf.SHA_256;
            case PRFAlgorithm.tls_prf_sha384 -> Kdf.SHA_384;
            default -> throw new IllegalArgumentException("PRF " + prfAlgorithm);
        };
        byte[] ascii = label.getBytes(StandardCharsets.US_ASCII);
        byte[] labelled = Arrays.copyOf(ascii, ascii.length + seed.length);
        System.arraycopy(seed, 0, labelled, ascii.length, seed.length);
        return crypto.createSecret(kdf.prf(dangerousData(), labelled, length));
    }

    @Override
    public TlsSecret hkdfExpand(int cryptoHashAlgorithm, byte[] info, int length) {
        byte[] meant = ofResumption ? forResumption(info) : info;
        return crypto.createSecret(Kdf.of(cryptoHashAlgorithm).expand(dangerousData(), meant, length));
    }

    /** Consumes this secret as the salt, as Bouncy Castle's contract demands. */
    @Override
    public TlsSecret hkdfExtract(int cryptoHashAlgorithm, TlsSecret ikm) {
        if (!(ikm instanceof HandshakeSecret secret)) {
            throw new IllegalArgumentException("secret of another engine");
        }
        byte[] extracted = Kdf.of(cryptoHashAlgorithm).extract(dangerousData(), secret.dangerousData());
        destroy();
        return crypto.createSecret(extracted, secret.ofResumption);
    }

    /** The engine treats every PSK as external; only the binder's label differs (RFC 8446 §7.1). */
    private static byte[] forResumption(byte[] info) {
        int end = LABEL_AT + EXTERNAL_BINDER.length;
        if (info.length < end || !Arrays.equals(info, LABEL_AT, end, EXTERNAL_BINDER, 0, EXTERNAL_BINDER.length)) {
            return info;
        }
        byte[] meant = info.clone();
        System.arraycopy(RESUMPTION_BINDER, 0, meant, LABEL_AT, RESUMPTION_BINDER.length);
        return meant;
    }

    @Override
    public byte[] encrypt(TlsEncryptor encryptor) throws IOException {
        byte[] alive = dangerousData();
        return encryptor.encrypt(alive, 0, alive.length);
    }

    /** The secret moves to the caller, who wipes it. */
    @Override
    public byte[] extract() {
        byte[] alive = dangerousData();
        data = null;
        return alive;
    }

    @Override
    public void destroy() {
        byte[] alive = data;
        if (alive != null) {
            Arrays.fill(alive, (byte) 0);
            data = null;
        }
    }

    @Override
    public boolean isAlive() {
        return data != null;
    }

    @Override
    public String toString() {
        return "HandshakeSecret[redacted]";
    }
}
