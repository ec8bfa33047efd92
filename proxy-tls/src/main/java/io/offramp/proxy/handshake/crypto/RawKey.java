package io.offramp.proxy.handshake.crypto;

import javax.crypto.SecretKey;

/**
 * Bytes as a key of JCA. Unlike {@link javax.crypto.spec.SecretKeySpec} it makes no copy that nobody wipes: it holds
 * the array that it is given, whose owner wipes it, and the JDK wipes the copy that it asks for. A MAC does so at once,
 * a cipher at the latest when it gets its next key: until then it knows a nonce that is used twice.
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
