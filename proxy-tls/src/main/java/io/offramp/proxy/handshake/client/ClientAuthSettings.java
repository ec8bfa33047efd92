package io.offramp.proxy.handshake.client;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of clients at one listener.
 *
 * @param mode not asked, optional or required
 * @param ca PEM files with the certificates that a client's path may end in; empty if clients are not asked
 * @param crl PEM or DER file with revocation lists of these; null for no check
 * @param depth most certificates between the client's own and the one that its path ends in
 */
public record ClientAuthSettings(
        Mode mode, List<Path> ca, @Nullable Path crl, int depth) {
    /** The demand for a certificate. */
    public enum Mode {
        /** Not asked. */
        OFF,
        /** Asked; a client without one is served, a client with a bad one is refused. */
        OPTIONAL,
        /** Asked; a client without one is refused. */
        REQUIRED
    }

    /** No client is asked. */
    public static final ClientAuthSettings OFF = new ClientAuthSettings(Mode.OFF, List.of(), null, 1);

    /** Copies the list. */
    public ClientAuthSettings {
        ca = List.copyOf(ca);
    }
}
