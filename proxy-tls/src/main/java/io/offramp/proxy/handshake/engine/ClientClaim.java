package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.client.ClientTrust;
import io.offramp.proxy.handshake.client.ClientVerifier;
import io.offramp.proxy.tls.ClientIdentity;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.jspecify.annotations.Nullable;

/**
 * The identity that a client claims in one handshake, with a certificate of its own or with that of a session to
 * resume. It is proved once the handshake is complete. Not thread-safe.
 */
final class ClientClaim {
    private final @Nullable ClientTrust trust;
    private @Nullable ClientIdentity identity;

    /** @param trust null where clients are not asked for a certificate */
    ClientClaim(@Nullable ClientTrust trust) {
        this.trust = trust;
    }

    /** Binds a session to the demands on clients with which it began; empty without any. */
    byte[] policyDigest() {
        return trust == null ? new byte[0] : trust.policyDigest();
    }

    /** Null where no certificate is asked for. */
    @Nullable
    CertificateRequest request(boolean tls13) throws IOException {
        return trust == null ? null : trust.requests().message(tls13);
    }

    /** The client's answer to the request. */
    void receive(Certificate certificate, boolean tls13) throws IOException {
        if (trust != null) {
            identity = new ClientVerifier(trust, Instant.now()).identify(certificate, tls13);
        }
    }

    /**
     * Takes the identity of a session to resume. The demands on clients are the same as when the session began, but
     * certificates expire.
     *
     * @param path the certificates of that client, DER; empty for none
     * @return false if the session may not be resumed
     */
    boolean restore(List<byte[]> path) {
        if (trust == null || path.isEmpty()) {
            return path.isEmpty() && (trust == null || !trust.isRequired());
        }
        identity = new ClientVerifier(trust, Instant.now()).recall(path);
        return identity != null;
    }

    void forget() {
        identity = null;
    }

    /** Null without a certificate. */
    @Nullable
    ClientIdentity identity() {
        return identity;
    }

    /** The certificates of the identity, DER; empty for none. */
    List<byte[]> path() {
        return identity == null ? List.of() : identity.path();
    }
}
