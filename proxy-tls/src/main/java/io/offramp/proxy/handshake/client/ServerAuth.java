package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How the servers of one upstream are verified, from files that may change: each handshake uses the {@link Trust} that
 * is current when it begins. Thread-safe.
 */
public final class ServerAuth {
    private final List<Path> ca;
    private final @Nullable Path crl;
    private volatile Trust trust;

    private ServerAuth(List<Path> ca, @Nullable Path crl, Trust trust) {
        this.ca = List.copyOf(ca);
        this.crl = crl;
        this.trust = trust;
    }

    /**
     * Reads the files for the first time. Blocks.
     *
     * @param ca PEM files with the certificates that a server's path may end in; empty for those of the machine
     * @param crl PEM or DER file with revocation lists of these; null for no check
     * @throws BadCertificateException if a file is missing or cannot be used
     */
    public static ServerAuth load(List<Path> ca, @Nullable Path crl) throws BadCertificateException {
        return new ServerAuth(ca, crl, trust(ca, crl));
    }

    private static Trust trust(List<Path> ca, @Nullable Path crl) throws BadCertificateException {
        return ca.isEmpty()
                ? new Trust(MachineCas.load(), null, ClientAuth.MAX_DEPTH)
                : Trust.load(ca, crl, ClientAuth.MAX_DEPTH);
    }

    /** The current trust. */
    public Trust trust() {
        return trust;
    }

    /** The files: a change to any of them calls for a {@link #reload()}. Empty for those of the machine. */
    public List<Path> files() {
        return crl == null ? ca : Stream.concat(ca.stream(), Stream.of(crl)).toList();
    }

    /**
     * Reads the files again, for handshakes that begin afterwards. Blocks.
     *
     * @return a sentence if anything has changed, and one for each warning
     * @throws BadCertificateException if they cannot be used; the trust stays as it was
     */
    public synchronized List<String> reload() throws BadCertificateException {
        Trust next = trust(ca, crl);
        if (next.isSame(trust)) {
            return List.of();
        }
        trust = next;
        return Stream.concat(Stream.of("replaced: " + next), next.warnings().stream())
                .toList();
    }
}
