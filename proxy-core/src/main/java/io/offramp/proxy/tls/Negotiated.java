package io.offramp.proxy.tls;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * The negotiated parameters, for the session, the logs and the admin pages.
 *
 * @param version protocol version
 * @param suite AEAD
 * @param cipherSuite the standard's name: {@code TLS_AES_128_GCM_SHA256}
 * @param group key exchange group: {@code x25519}, {@code secp256r1}; null if resumed without one
 * @param serverName the client's SNI, lower case; null without SNI
 * @param protocol chosen by ALPN; null without ALPN
 * @param resumed true if a session was resumed
 * @param recordLimit most content that the peer takes in a record: 16,384, or less if it asked for that (RFC 8449)
 * @param client the client's proved identity; null without a client certificate
 */
public record Negotiated(
        ProtocolVersion version,
        AeadSuite suite,
        String cipherSuite,
        @Nullable String group,
        @Nullable String serverName,
        @Nullable String protocol,
        boolean resumed,
        int recordLimit,
        @Nullable ClientIdentity client) {}
