package io.offramp.proxy.handshake.crypto;

/**
 * Gets the secrets of sessions, for whoever has to read a capture. Whoever has them reads the traffic: never in
 * production.
 */
@FunctionalInterface
public interface KeyLog {
    /** Logs nothing. */
    KeyLog NONE = (label, clientRandom, secret) -> {};

    /**
     * Logs one secret. Called on the thread of the handshake, be it an event loop: does not block.
     *
     * @param label what it is, in the words of the NSS key log format (RFC 9850): {@code CLIENT_RANDOM}
     * @param clientRandom which session it belongs to; not kept
     * @param secret not kept
     */
    void add(String label, byte[] clientRandom, byte[] secret);
}
