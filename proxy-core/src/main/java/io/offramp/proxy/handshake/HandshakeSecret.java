package io.offramp.proxy.handshake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.crypto.TlsEncryptor;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/** A secret of one handshake, known to its {@link HandshakeCrypto}, which wipes it in the end if nobody did before. Not thread-safe. */
final class HandshakeSecret implements TlsSecret {
    private final HandshakeCrypto crypto;
    private byte @Nullable [] data;

    /** Takes ownership of {@code data}. */
    HandshakeSecret(HandshakeCrypto crypto, byte[] data) {
        this.crypto = crypto;
        this.data = data;
    }

    /** The secret itself, not a copy. */
    byte[] dangerousData() {
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
        return crypto.createSecret(Kdf.of(cryptoHashAlgorithm).expand(dangerousData(), info, length));
    }

    /** Uses this secret up as the salt, as the contract of Bouncy Castle's has it. */
    @Override
    public TlsSecret hkdfExtract(int cryptoHashAlgorithm, TlsSecret ikm) {
        if (!(ikm instanceof HandshakeSecret secret)) {
            throw new IllegalArgumentException("secret of another engine");
        }
        byte[] extracted = Kdf.of(cryptoHashAlgorithm).extract(dangerousData(), secret.dangerousData());
        destroy();
        return crypto.createSecret(extracted);
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
