package io.offramp.proxy.handshake.crypto;

/** The supported types of certificate keys of servers. */
public enum KeyType {
    /** ECDSA on secp256r1. */
    ECDSA_P256("ECDSA P-256"),
    /** ECDSA on secp384r1. */
    ECDSA_P384("ECDSA P-384"),
    /** RSA of at least 2048 bits. */
    RSA("RSA");

    private final String label;

    KeyType(String label) {
        this.label = label;
    }

    /** True for both curves. */
    public boolean isEcdsa() {
        return this != RSA;
    }

    @Override
    public String toString() {
        return label;
    }
}
