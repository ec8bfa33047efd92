package io.offramp.proxy.config;

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
public record ClientAuthConfig(
        Mode mode, List<Path> ca, @Nullable Path crl, int depth) {
    /** The demand for a certificate. */
    public enum Mode {
        /** Not asked. */
        OFF,
        /** Asked; a client without one goes on, a client with a bad one is refused. */
        OPTIONAL,
        /** Asked; a client without one is refused. */
        REQUIRED
    }

    /** No client is asked. */
    public static final ClientAuthConfig OFF = new ClientAuthConfig(Mode.OFF, List.of(), null, 1);

    /** Copies the list. */
    public ClientAuthConfig {
        ca = List.copyOf(ca);
    }
}
