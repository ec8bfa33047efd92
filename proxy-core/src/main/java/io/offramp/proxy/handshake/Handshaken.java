package io.offramp.proxy.handshake;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/**
 * What a completed handshake leaves behind: all that the session needs, and nothing of the engine. Owns the keys and secrets, until the
 * session takes them.
 *
 * @param version     negotiated version
 * @param suite       negotiated AEAD
 * @param cipherSuite the standard's name: {@code TLS_AES_128_GCM_SHA256}
 * @param group       key exchange group: {@code x25519}, {@code secp256r1}; null if resumed without one
 * @param serverName  what the client asked for (SNI), lower case; null if it did not
 * @param protocol    what ALPN chose; null without ALPN
 * @param resumed     true if a session was resumed
 * @param rxKeys      what the client protects with, at its next record
 * @param rxBoundary  where the client's stream stands: behind its Finished
 * @param txKeys      what we protect with, at our next record
 * @param txBoundary  where our stream stands: behind all that the handshake has written
 * @param secrets     TLS 1.3 only: what KeyUpdate goes on from
 */
public record Handshaken(
        ProtocolVersion version,
        AeadSuite suite,
        String cipherSuite,
        @Nullable String group,
        @Nullable String serverName,
        @Nullable String protocol,
        boolean resumed,
        TrafficKeys rxKeys,
        RecordBoundary rxBoundary,
        TrafficKeys txKeys,
        RecordBoundary txBoundary,
        @Nullable ApplicationSecrets secrets) {
    /** Wipes everything; for a session that never starts. */
    public void destroy() {
        rxKeys.destroy();
        txKeys.destroy();
        if (secrets != null) {
            secrets.destroy();
        }
    }
}
