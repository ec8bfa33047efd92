package io.offramp.proxy.tls;

import java.util.Arrays;

/**
 * The application traffic secrets of a TLS 1.3 session (RFC 8446 §7.1), from which KeyUpdate derives the next keys
 * (§7.2). Has one owner, who destroys it. Never prints a secret.
 */
public final class ApplicationSecrets {
    private final String hash;
    private final byte[] client;
    private final byte[] server;

    /**
     * Takes ownership of both arrays.
     *
     * @param hash the suite's hash, as JCA names it: {@code SHA-256} or {@code SHA-384}
     * @param client client_application_traffic_secret_0
     * @param server server_application_traffic_secret_0
     */
    public ApplicationSecrets(String hash, byte[] client, byte[] server) {
        this.hash = hash;
        this.client = client;
        this.server = server;
    }

    /** As JCA names it. */
    public String hash() {
        return hash;
    }

    /** The client's secret itself, not a copy. */
    public byte[] dangerousClient() {
        return client;
    }

    /** The server's secret itself, not a copy. */
    public byte[] dangerousServer() {
        return server;
    }

    /** Wipes both. */
    public void destroy() {
        Arrays.fill(client, (byte) 0);
        Arrays.fill(server, (byte) 0);
    }

    @Override
    public String toString() {
        return "ApplicationSecrets[" + hash + " redacted]";
    }
}
