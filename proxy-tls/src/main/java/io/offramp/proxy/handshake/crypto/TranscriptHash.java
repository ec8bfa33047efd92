package io.offramp.proxy.handshake.crypto;

import java.security.MessageDigest;
import org.bouncycastle.tls.crypto.TlsHash;
import org.jspecify.annotations.Nullable;

/** The running hash of a handshake's messages. The digest is created with the first byte, since many never get one. */
final class TranscriptHash implements TlsHash {
    private final HandshakeCrypto crypto;
    private final Kdf kdf;
    private @Nullable MessageDigest digest;

    TranscriptHash(HandshakeCrypto crypto, Kdf kdf) {
        this.crypto = crypto;
        this.kdf = kdf;
    }

    private TranscriptHash(TranscriptHash other) {
        this.crypto = other.crypto;
        this.kdf = other.kdf;
        MessageDigest seen = other.digest;
        if (seen != null) {
            try {
                this.digest = (MessageDigest) seen.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException(e); // the JDK's digests are cloneable
            }
        }
    }

    @Override
    public void update(byte[] input, int offset, int length) {
        MessageDigest alive = digest;
        if (alive == null) {
            alive = kdf.newDigest();
            digest = alive;
        }
        alive.update(input, offset, length);
    }

    @Override
    public byte[] calculateHash() {
        MessageDigest seen = digest;
        digest = null;
        return seen == null ? kdf.emptyHash() : seen.digest();
    }

    @Override
    public TlsHash cloneHash() {
        crypto.onTranscriptCloned(this);
        return new TranscriptHash(this);
    }

    @Override
    public void reset() {
        digest = null;
    }
}
