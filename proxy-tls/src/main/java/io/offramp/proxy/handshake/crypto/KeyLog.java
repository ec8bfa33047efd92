package io.offramp.proxy.handshake.crypto;

/** Gets the secrets of sessions, so that a capture can be decrypted. They reveal all traffic: never for production. */
@FunctionalInterface
public interface KeyLog {
    /** Logs nothing. */
    KeyLog NONE = (label, clientRandom, secret) -> {};

    /**
     * Logs one secret. Called on the thread of the handshake, which may be an event loop: does not block.
     *
     * @param label what it is, as a label of the NSS key log format (RFC 9850): {@code CLIENT_RANDOM}
     * @param clientRandom which session it belongs to; not kept
     * @param secret not kept
     */
    void add(String label, byte[] clientRandom, byte[] secret);

    /** This one and another one. */
    default KeyLog and(KeyLog other) {
        return this == NONE
                ? other
                : (label, clientRandom, secret) -> {
                    add(label, clientRandom, secret);
                    other.add(label, clientRandom, secret);
                };
    }
}
