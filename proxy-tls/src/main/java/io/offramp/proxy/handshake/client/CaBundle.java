package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.certificate.Certificates;
import io.offramp.proxy.handshake.certificate.PemFile;
import io.offramp.proxy.handshake.certificate.PemLoader;
import io.offramp.proxy.handshake.certificate.Strength;
import io.offramp.proxy.tls.ClientIdentity;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The certificates that a peer's path may end in. Immutable. */
public final class CaBundle {
    private static final int KEY_CERT_SIGN = 5;

    private final List<X509Certificate> certificates;
    private final List<String> ofFiles;
    private final Source source;

    /** Where a bundle is from. */
    private enum Source {
        /** Chosen by the operator, who can mend it. */
        FILES("ca"),
        /** Made by others for all programs of the machine. */
        MACHINE("the CA bundle of this machine");

        private final String where;

        Source(String where) {
            this.where = where;
        }
    }

    private CaBundle(List<X509Certificate> certificates, List<String> ofFiles, Source source) {
        this.certificates = certificates;
        this.ofFiles = ofFiles;
        this.source = source;
    }

    /** Those of all certificates that are usable for a bundle of the machine; never warns. */
    static CaBundle ofMachine(Collection<X509Certificate> all) {
        return new CaBundle(
                all.stream().filter(each -> problemOf(each) == null).distinct().toList(), List.of(), Source.MACHINE);
    }

    /** Its place, for messages: {@code ca}. */
    String where() {
        return source.where;
    }

    /**
     * Reads the files. Blocks.
     *
     * @throws BadCertificateException if a file is missing, holds no certificate, or one that is not a CA's
     */
    public static CaBundle load(List<Path> files) throws BadCertificateException {
        Set<X509Certificate> all = new LinkedHashSet<>();
        List<String> ofFiles = new ArrayList<>();
        for (Path file : files) {
            PemFile pem = PemFile.read(file);
            for (X509Certificate certificate : PemLoader.certificates(pem)) {
                String problem = problemOf(certificate);
                if (problem != null) {
                    throw new BadCertificateException(
                            "certificate of " + ClientIdentity.subject(certificate) + " " + problem + ": " + file);
                }
                all.add(certificate);
            }
            ofFiles.addAll(pem.warnings());
        }
        return new CaBundle(List.copyOf(all), List.copyOf(ofFiles), Source.FILES);
    }

    /** In the order of the files, each once. */
    List<X509Certificate> certificates() {
        return certificates;
    }

    /** What works but needs attention: {@code certificate of CN=Old CA expired on …}. */
    public List<String> warnings() {
        if (source == Source.MACHINE) {
            return List.of();
        }
        Instant now = Instant.now();
        List<String> warnings = new ArrayList<>(ofFiles);
        for (X509Certificate certificate : certificates) {
            String weakness = Strength.weaknessOf(certificate.getPublicKey());
            if (weakness != null) {
                warnings.add("certificate of " + ClientIdentity.subject(certificate) + " has " + weakness
                        + ": what it has signed is refused");
            }
            Instant end = certificate.getNotAfter().toInstant();
            if (now.isAfter(end) && certificates.stream().noneMatch(other -> standsFor(other, certificate, now))) {
                warnings.add("certificate of " + ClientIdentity.subject(certificate) + " expired on " + end
                        + ": what it has signed is refused");
            }
        }
        return warnings;
    }

    /** Whether a CA's clients are accepted through another of its certificates. */
    private static boolean standsFor(X509Certificate other, X509Certificate expired, Instant now) {
        return other.getSubjectX500Principal().equals(expired.getSubjectX500Principal())
                && other.getPublicKey().equals(expired.getPublicKey())
                && Certificates.isValid(other, now);
    }

    /** RFC 5280 §4.2.1.9, §4.2.1.3. */
    private static @Nullable String problemOf(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        if (certificate.getBasicConstraints() < 0) {
            return "is not a CA's (basicConstraints CA:TRUE is missing)";
        }
        return usage != null && !usage[KEY_CERT_SIGN] ? "may not sign certificates (keyUsage)" : null;
    }
}
