package io.offramp.proxy.tls;

import java.util.Arrays;

/**
 * The application traffic secrets of a TLS 1.3 session (RFC 8446 §7.1), from which KeyUpdate derives the next keys
 * (§7.2). Has one owner, who destroys it. Never prints a secret.
 */
public final class ApplicationSecrets {
    private final String hash;
    private final byte[] local;
    private final byte[] peer;

    /**
     * Takes ownership of both arrays.
     *
     * @param hash the suite's hash, as JCA names it: {@code SHA-256} or {@code SHA-384}
     * @param local what we protect with: server_application_traffic_secret_0 of a server
     * @param peer what the peer protects with: client_application_traffic_secret_0 of a client
     */
    public ApplicationSecrets(String hash, byte[] local, byte[] peer) {
        this.hash = hash;
        this.local = local;
        this.peer = peer;
    }

    /** As JCA names it. */
    public String hash() {
        return hash;
    }

    /** Our secret itself, not a copy. */
    public byte[] dangerousLocal() {
        return local;
    }

    /** The peer's secret itself, not a copy. */
    public byte[] dangerousPeer() {
        return peer;
    }

    /** Wipes both. */
    public void destroy() {
        Arrays.fill(local, (byte) 0);
        Arrays.fill(peer, (byte) 0);
    }

    @Override
    public String toString() {
        return "ApplicationSecrets[" + hash + " redacted]";
    }
}
