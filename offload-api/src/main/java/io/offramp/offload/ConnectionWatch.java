package io.offramp.offload;

/** Watches whole connections, from their first byte on, and gets their secrets: for a capture. Thread-safe. */
public interface ConnectionWatch {
    /**
     * A connection was accepted, and nothing of it was read. Called on its event loop; may put a handler in front of
     * the others.
     */
    void onAccepted(OffloadTarget connection);

    /**
     * A secret of a session. Called on the thread of the handshake, which may be an event loop: does not block.
     *
     * @param label what it is, as a label of the NSS key log format (RFC 9850): {@code CLIENT_RANDOM}
     * @param clientRandom which session it belongs to; not kept
     * @param secret not kept beyond the capture
     */
    void onSecret(String label, byte[] clientRandom, byte[] secret);
}
