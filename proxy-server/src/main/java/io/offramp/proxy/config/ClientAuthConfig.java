package io.offramp.proxy.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of clients at one listener.
 *
 * @param mode whether clients are asked, and whether they must have one
 * @param ca PEM files with the certificates that a client's path may end in; empty where clients are not asked
 * @param crl PEM or DER file with revocation lists of these; null for no check
 * @param depth most certificates between the client's own and the one that its path ends in
 */
public record ClientAuthConfig(
        Mode mode, List<Path> ca, @Nullable Path crl, int depth) {
    /** Whether clients are asked for a certificate. */
    public enum Mode {
        /** Not asked. */
        OFF,
        /** Asked; who has none goes on without, who has a bad one is refused. */
        OPTIONAL,
        /** Asked; who has none is refused. */
        REQUIRED
    }

    /** Nobody is asked. */
    public static final ClientAuthConfig OFF = new ClientAuthConfig(Mode.OFF, List.of(), null, 1);

    /** Copies the list. */
    public ClientAuthConfig {
        ca = List.copyOf(ca);
    }
}
