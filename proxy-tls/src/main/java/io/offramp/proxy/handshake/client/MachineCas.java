package io.offramp.proxy.handshake.client;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The CA certificates that this machine trusts: the distribution's bundle, else the JDK's. */
final class MachineCas {
    /** Debian, Alpine, Arch; Fedora, RHEL; SUSE; others. */
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private MachineCas() {}

    /** Reads them. Blocks. */
    static CaBundle load() throws BadCertificateException {
        for (Path file : BUNDLES) {
            if (Files.isReadable(file)) {
                return bundle(file);
            }
        }
        return ofJdk(Path.of(System.getProperty("java.home"), "lib", "security", "cacerts"));
    }

    /** Reads a bundle of a distribution. */
    static CaBundle bundle(Path file) throws BadCertificateException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(CertificateFactory.getInstance("X.509").generateCertificates(in), file);
        } catch (IOException | GeneralSecurityException e) {
            throw new BadCertificateException("CA bundle of this machine does not parse: " + file, e);
        }
    }

    /** Reads a key store of a JDK. */
    static CaBundle ofJdk(Path file) throws BadCertificateException {
        try {
            KeyStore store = KeyStore.getInstance(file.toFile(), (char[]) null);
            List<Certificate> all = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                all.add(store.getCertificate(alias));
            }
            return of(all, file);
        } catch (IOException | GeneralSecurityException e) {
            throw new BadCertificateException("CA certificates of the JDK cannot be read: " + file, e);
        }
    }

    private static CaBundle of(Iterable<? extends Certificate> all, Path file) throws BadCertificateException {
        List<X509Certificate> usable = new ArrayList<>();
        for (Certificate each : all) {
            if (each instanceof X509Certificate x509) {
                usable.add(x509);
            }
        }
        CaBundle bundle = CaBundle.ofMachine(usable);
        if (bundle.certificates().isEmpty()) {
            throw new BadCertificateException("no CA certificate in " + file);
        }
        return bundle;
    }
}
