package io.offramp.proxy.handshake.ticket;

import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.util.Arrays;

/**
 * A session that may be resumed with a server. Owns the secret.
 *
 * @param suite its cipher suite, and with that its version
 * @param identity what the server knows it by: the ticket in TLS 1.3, the session ID in TLS 1.2
 * @param secret the PSK in TLS 1.3, the master secret in TLS 1.2
 * @param ageAdd hides the age of a ticket (RFC 8446 §4.6.1)
 * @param startMs when it was received
 * @param endMs when it is over: by the server's word, or because the server's certificate expires
 * @param pathEndMs when the server's certificate expires, or is no longer known to be good
 * @param parties by whose word it began
 */
record ClientSession(
        TlsSuite suite,
        byte[] identity,
        byte[] secret,
        int ageAdd,
        long startMs,
        long endMs,
        long pathEndMs,
        SessionParties parties) {
    /** Wipes the secret. */
    void destroy() {
        Arrays.fill(secret, (byte) 0);
    }

    /** With a secret of its own. */
    ClientSession copy() {
        return new ClientSession(suite, identity, secret.clone(), ageAdd, startMs, endMs, pathEndMs, parties);
    }

    @Override
    public String toString() {
        return "ClientSession[" + suite + ", secret redacted]";
    }
}
