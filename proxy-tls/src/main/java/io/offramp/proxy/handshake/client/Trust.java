package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The certificates that a peer's path may end in, and what else is demanded of that path. Immutable. */
public final class Trust {
    private final String where;
    private final int depth;
    private final @Nullable RevocationLists lists;
    private final List<X509Certificate> authorities;
    private final Map<X500Principal, List<X509Certificate>> bySubject = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    /**
     * Builds it from what has been loaded. A CA certificate that one of the lists revokes is no longer trusted.
     *
     * @param lists null for no check of revocation
     * @param depth most certificates between the peer's own and the one that its path ends in
     * @throws BadCertificateException if no CA certificate is left
     */
    Trust(CaBundle bundle, @Nullable RevocationLists lists, int depth) throws BadCertificateException {
        this.where = bundle.where();
        this.depth = depth;
        this.lists = lists;
        this.authorities = bundle.certificates().stream()
                .filter(ca -> lists == null || !lists.isRevoked(ca))
                .toList();
        if (authorities.isEmpty()) {
            throw new BadCertificateException("every certificate in ca has been revoked by crl");
        }
        authorities.forEach(ca -> bySubject
                .computeIfAbsent(ca.getSubjectX500Principal(), k -> new ArrayList<>())
                .add(ca));
        warnings.addAll(bundle.warnings());
        if (lists != null) {
            warnings.addAll(lists.warnings());
        }
    }

    /**
     * Reads the files. Blocks.
     *
     * @param ca at least one
     * @param crl null for no check of revocation
     * @throws BadCertificateException if a file is missing or cannot be used
     */
    static Trust load(List<Path> ca, @Nullable Path crl, int depth) throws BadCertificateException {
        CaBundle bundle = CaBundle.load(ca);
        return new Trust(bundle, crl == null ? null : RevocationLists.load(crl, bundle), depth);
    }

    /** Most certificates between the peer's own and the one that its path ends in. */
    int depth() {
        return depth;
    }

    /** Null for no check of revocation. */
    @Nullable
    RevocationLists lists() {
        return lists;
    }

    /** All of them. */
    List<X509Certificate> authorities() {
        return authorities;
    }

    /** The trusted certificates of this name. */
    List<X509Certificate> named(X500Principal subject) {
        return bySubject.getOrDefault(subject, List.of());
    }

    /** Their place, for messages: {@code ca}. */
    String where() {
        return where;
    }

    /** Whether the same paths are accepted. */
    boolean isSame(Trust other) {
        boolean sameLists = lists == null || other.lists == null ? lists == other.lists : lists.isSame(other.lists);
        return sameLists && depth == other.depth && Objects.equals(authorities, other.authorities);
    }

    /** What works but needs attention. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** {@code 2 CA certificates, revocation lists of 1}. */
    @Override
    public String toString() {
        return authorities.size() + " CA certificates, " + (lists == null ? "no revocation lists" : lists.toString());
    }
}
