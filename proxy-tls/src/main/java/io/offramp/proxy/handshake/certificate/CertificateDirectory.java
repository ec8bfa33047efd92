package io.offramp.proxy.handshake.certificate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of certificates, as HAProxy's {@code crt} takes them: each {@code site.pem} or {@code site.crt} is one,
 * with its key in {@code site.key} or in the same file, and a staple in {@code site.pem.ocsp} or {@code site.crt.ocsp}.
 * Other files, names that begin with a dot, and subdirectories are ignored.
 *
 * @param directory where they are
 */
public record CertificateDirectory(Path directory) implements CertificateSource {
    private static final Comparator<Path> DEFAULT_FIRST = Comparator.comparing(
                    (Path file) -> !baseName(file).equals("default"))
            .thenComparing(Path::getFileName);

    /** In the order of their names; {@code default.pem} comes first. */
    @Override
    public List<CertificateFiles> certificates() throws BadCertificateException {
        List<CertificateFiles> found = new ArrayList<>();
        for (Path cert : sorted()) {
            Path key = cert.resolveSibling(baseName(cert) + ".key");
            Path ocsp = cert.resolveSibling(cert.getFileName() + ".ocsp");
            found.add(new CertificateFiles(cert, Files.exists(key) ? key : cert, Files.exists(ocsp) ? ocsp : null));
        }
        if (found.isEmpty()) {
            throw new BadCertificateException("no *.pem and no *.crt in " + directory);
        }
        return found;
    }

    private List<Path> sorted() throws BadCertificateException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(CertificateDirectory::isCertificate)
                    .sorted(DEFAULT_FIRST)
                    .toList();
        } catch (IOException e) {
            throw new BadCertificateException("not a readable directory: " + directory, e);
        }
    }

    private static boolean isCertificate(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".pem") || name.endsWith(".crt")) && !Files.isDirectory(file);
    }

    private static String baseName(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    @Override
    public Collection<Path> watched() {
        return List.of(directory);
    }

    @Override
    public boolean has(Path cert) {
        return directory.equals(cert.getParent());
    }
}
