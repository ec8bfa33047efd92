package io.offramp.proxy.handshake.crypto;

import javax.crypto.SecretKey;

/**
 * Bytes as a key of JCA. Unlike {@link javax.crypto.spec.SecretKeySpec} it makes no copy that nobody wipes: it holds
 * the array that it is given, whose owner wipes it, and ciphers and MACs of the JDK wipe the copy that they ask for.
 */
public final class RawKey implements SecretKey {
    private static final long serialVersionUID = 1;

    private final String algorithm;
    private final transient byte[] bytes;

    /** @param algorithm JCA name */
    public RawKey(String algorithm, byte[] bytes) {
        this.algorithm = algorithm;
        this.bytes = bytes;
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return algorithm + " key, redacted";
    }
}
