package io.offramp.proxy.handshake.certificate;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one certificate.
 *
 * @param cert PEM: chain, leaf first
 * @param key PEM: private key; the same file as {@code cert} where both are in one
 * @param ocsp OCSP response of the certificate's issuer, to be stapled; null for none
 */
public record CertificateFiles(
        Path cert, Path key, @Nullable Path ocsp) implements CertificateSource {
    /** Without a staple. */
    public static CertificateFiles of(Path cert, Path key) {
        return new CertificateFiles(cert, key, null);
    }

    @Override
    public List<CertificateFiles> certificates() {
        return List.of(this);
    }

    @Override
    public Collection<Path> watched() {
        return Stream.of(cert, key, ocsp).filter(Objects::nonNull).distinct().toList();
    }

    @Override
    public boolean has(Path file) {
        return cert.equals(file);
    }

    /**
     * Reads and checks all of them. Blocks.
     *
     * @throws BadCertificateException as {@link ServerIdentity#load}, and for a staple that does not fit this
     *     certificate; the message names the file
     */
    public ServerIdentity load() throws BadCertificateException {
        return staple(loadUnstapled(null));
    }

    /** With the staple that exists now, or without one. */
    ServerIdentity staple(ServerIdentity identity) throws BadCertificateException {
        return identity.stapled(ocsp == null ? null : Staple.load(ocsp, identity.chain(), Instant.now()));
    }

    /**
     * As {@link #load}, but does not read the staple.
     *
     * @param earlier what was loaded before, returned if it is the same; null if nothing was
     */
    ServerIdentity loadUnstapled(@Nullable ServerIdentity earlier) throws BadCertificateException {
        try {
            return ServerIdentity.load(cert, key, earlier);
        } catch (BadCertificateException e) {
            String message = String.valueOf(e.getMessage());
            if (message.contains(cert.toString()) || message.contains(key.toString())) {
                throw e;
            }
            throw new BadCertificateException(cert + ": " + message, e);
        }
    }
}
