package io.offramp.proxy.config;

import java.util.List;

/**
 * The protocol inside TLS, as far as the handshake settles it (RFC 7301).
 *
 * @param protocols in order of preference: {@code http/1.1}; empty for no ALPN
 * @param mismatch what a client gets that offers others only
 */
public record AlpnConfig(List<String> protocols, Mismatch mismatch) {
    /** What happens where client and listener have no protocol in common. */
    public enum Mismatch {
        /** The alert no_application_protocol (RFC 7301 §3.2). */
        FAIL,
        /** The handshake goes on as if the client had not asked. */
        IGNORE
    }

    /** For {@code http} listeners: what they serve. */
    public static final AlpnConfig HTTP = new AlpnConfig(List.of("http/1.1", "http/1.0"), Mismatch.FAIL);

    /** For {@code tcp} listeners. */
    public static final AlpnConfig NONE = new AlpnConfig(List.of(), Mismatch.FAIL);

    /** What holds where nothing is configured. */
    public static AlpnConfig of(ListenerConfig.Mode mode) {
        return mode == ListenerConfig.Mode.HTTP ? HTTP : NONE;
    }

    /** Copies the list. */
    public AlpnConfig {
        protocols = List.copyOf(protocols);
    }
}
