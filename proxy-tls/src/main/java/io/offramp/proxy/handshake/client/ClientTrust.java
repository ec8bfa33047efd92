package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * What a listener demands of client certificates: whether one is required, and how it is verified. Immutable;
 * construction blocks.
 */
public final class ClientTrust {
    private final boolean required;
    private final int depth;
    private final @Nullable RevocationLists lists;
    private final List<X509Certificate> authorities;
    private final Map<X500Principal, List<X509Certificate>> bySubject = new HashMap<>();
    private final CertificateRequests requests;
    private final byte[] digest;
    private final List<String> warnings = new ArrayList<>();

    /**
     * Builds it from what has been loaded. A CA certificate that one of the lists revokes is no longer trusted.
     *
     * @param required false if a client may continue without a certificate
     * @param lists null for no check of revocation
     * @param depth most certificates between the client's own and the one that its path ends in
     * @throws BadCertificateException if no CA certificate is left
     */
    ClientTrust(boolean required, CaBundle bundle, @Nullable RevocationLists lists, int depth)
            throws BadCertificateException {
        this.required = required;
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
        this.requests = new CertificateRequests(List.copyOf(bySubject.keySet()));
        this.digest = digest();
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
    public static ClientTrust load(boolean required, List<Path> ca, @Nullable Path crl, int depth)
            throws BadCertificateException {
        CaBundle bundle = CaBundle.load(ca);
        return new ClientTrust(required, bundle, crl == null ? null : RevocationLists.load(crl, bundle), depth);
    }

    /** Whether a client without a certificate is refused. */
    public boolean isRequired() {
        return required;
    }

    /** Most certificates between the client's own and the one that its path ends in. */
    int depth() {
        return depth;
    }

    /** Null for no check of revocation. */
    @Nullable
    RevocationLists lists() {
        return lists;
    }

    /** The trusted certificates of this name. */
    List<X509Certificate> named(X500Principal subject) {
        return bySubject.getOrDefault(subject, List.of());
    }

    /** How clients are asked for a certificate. */
    public CertificateRequests requests() {
        return requests;
    }

    /**
     * 32 bytes, equal for equal demands only: a session that began under other demands must not be resumed. The
     * revocation lists are not part of it, since a returning client is looked up in the current ones.
     */
    public byte[] policyDigest() {
        return digest.clone();
    }

    /** Whether the same clients are accepted. */
    boolean isSame(ClientTrust other) {
        boolean sameLists = lists == null || other.lists == null ? lists == other.lists : lists.isSame(other.lists);
        return sameLists && Arrays.equals(digest, other.digest);
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

    private byte[] digest() {
        PolicyDigest all = new PolicyDigest()
                .add(required ? 2 : 1)
                .add(lists == null ? 1 : 2)
                .add(depth);
        try {
            for (X509Certificate authority : authorities) {
                all.add(authority.getEncoded());
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("certificate was parsed but does not encode", e);
        }
        return all.finish();
    }
}
