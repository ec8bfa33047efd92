package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How one listener verifies client certificates, from files that may change: each handshake uses the
 * {@link ClientTrust} that is current when it begins. Thread-safe.
 */
public final class ClientAuth {
    /** The longest path that can be configured: what clients may send, without their own certificate. */
    public static final int MAX_DEPTH = CertificateList.MAX_CERTIFICATES - 1;

    private final boolean required;
    private final List<Path> ca;
    private final @Nullable Path crl;
    private final int depth;
    private volatile ClientTrust trust;

    private ClientAuth(boolean required, List<Path> ca, @Nullable Path crl, int depth) throws BadCertificateException {
        this.required = required;
        this.ca = List.copyOf(ca);
        this.crl = crl;
        this.depth = depth;
        this.trust = ClientTrust.load(required, ca, crl, depth);
    }

    /**
     * Reads the files for the first time. Blocks.
     *
     * @param required whether a client without a certificate is refused
     * @param ca PEM files with the certificates that a client's path may end in, at least one
     * @param crl PEM or DER file with revocation lists of these; null for no check
     * @param depth most certificates between the client's own and the one that its path ends in
     * @throws BadCertificateException if a file is missing or cannot be used
     */
    public static ClientAuth load(boolean required, List<Path> ca, @Nullable Path crl, int depth)
            throws BadCertificateException {
        return new ClientAuth(required, ca, crl, depth);
    }

    /** The current trust. */
    public ClientTrust trust() {
        return trust;
    }

    /** The files: a change to any of them calls for a {@link #reload()}. */
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
        ClientTrust next = ClientTrust.load(required, ca, crl, depth);
        boolean changed = !next.isSame(trust);
        trust = next;
        return changed
                ? Stream.concat(Stream.of("replaced: " + next), next.warnings().stream())
                        .toList()
                : List.of();
    }
}
