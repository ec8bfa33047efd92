package io.offramp.proxy.handshake.certificate;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Where certificates come from, as the configuration says. */
public sealed interface CertificateSource permits CertificateFiles, CertificateDirectory {
    /**
     * The certificates that exist now, at least one. Blocks.
     *
     * @throws BadCertificateException if there is none, or the place cannot be read
     */
    List<CertificateFiles> certificates() throws BadCertificateException;

    /** What changes when one of them is replaced: files, or their directory. */
    Collection<Path> watched();

    /** Whether a file holds one of them, or has held one. */
    boolean has(Path cert);
}
