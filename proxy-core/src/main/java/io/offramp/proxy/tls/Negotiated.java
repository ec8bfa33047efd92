package io.offramp.proxy.tls;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import org.jspecify.annotations.Nullable;

/**
 * What client and server have agreed on: all that the session, the logs and the admin pages need to know of it.
 *
 * @param version protocol version
 * @param suite AEAD
 * @param cipherSuite the standard's name: {@code TLS_AES_128_GCM_SHA256}
 * @param group key exchange group: {@code x25519}, {@code secp256r1}; null if resumed without one
 * @param serverName what the client asked for (SNI), lower case; null if it did not
 * @param protocol what ALPN chose; null without ALPN
 * @param resumed true if a session was resumed
 * @param recordLimit most content that the client takes in a record: 16,384, or less where it said so (RFC 8449)
 * @param client who the client has proved to be; null without a client certificate
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
