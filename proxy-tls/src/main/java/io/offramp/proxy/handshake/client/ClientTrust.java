package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listener demands of client certificates: whether one is required, and how it is verified. Immutable;
 * construction blocks.
 */
public final class ClientTrust {
    private final boolean required;
    private final Trust path;
    private final CertificateRequests requests;
    private final byte[] digest;

    /**
     * Builds it from what has been loaded.
     *
     * @param required false if a client may continue without a certificate
     * @param path what is demanded of a client's path
     */
    ClientTrust(boolean required, Trust path) {
        this.required = required;
        this.path = path;
        this.requests = new CertificateRequests(path.authorities().stream()
                .map(X509Certificate::getSubjectX500Principal)
                .distinct()
                .toList());
        this.digest = digest();
    }

    /** Builds it from what has been loaded; see {@link Trust}. */
    ClientTrust(boolean required, CaBundle bundle, @Nullable RevocationLists lists, int depth)
            throws BadCertificateException {
        this(required, new Trust(bundle, lists, depth));
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
        return new ClientTrust(required, Trust.load(ca, crl, depth));
    }

    /** Whether a client without a certificate is refused. */
    public boolean isRequired() {
        return required;
    }

    /** What is demanded of a client's path. */
    Trust path() {
        return path;
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
        return path.isSame(other.path) && Arrays.equals(digest, other.digest);
    }

    /** What works but needs attention. */
    public List<String> warnings() {
        return path.warnings();
    }

    /** {@code 2 CA certificates, revocation lists of 1}. */
    @Override
    public String toString() {
        return path.toString();
    }

    private byte[] digest() {
        PolicyDigest all = new PolicyDigest()
                .add(required ? 2 : 1)
                .add(path.lists() == null ? 1 : 2)
                .add(path.depth());
        try {
            for (X509Certificate authority : path.authorities()) {
                all.add(authority.getEncoded());
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("certificate was parsed but does not encode", e);
        }
        return all.finish();
    }
}
