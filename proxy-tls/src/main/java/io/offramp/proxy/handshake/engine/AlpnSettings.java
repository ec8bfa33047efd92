package io.offramp.proxy.handshake.engine;

import java.util.List;

/**
 * The protocol inside TLS, negotiated in the handshake (RFC 7301).
 *
 * @param protocols in order of preference: {@code http/1.1}; empty for no ALPN
 * @param mismatch treatment of a client that offers only others
 */
public record AlpnSettings(List<String> protocols, Mismatch mismatch) {
    /** Treatment of a client without a protocol in common. */
    public enum Mismatch {
        /** The alert no_application_protocol (RFC 7301 §3.2). */
        FAIL,
        /** The handshake continues as if the client had not asked. */
        IGNORE
    }

    /** For {@code http} listeners: the protocols that they serve. */
    public static final AlpnSettings HTTP = new AlpnSettings(List.of("h2", "http/1.1", "http/1.0"), Mismatch.FAIL);

    /** For {@code tcp} listeners. */
    public static final AlpnSettings NONE = new AlpnSettings(List.of(), Mismatch.FAIL);

    /** Copies the list. */
    public AlpnSettings {
        protocols = List.copyOf(protocols);
    }
}
