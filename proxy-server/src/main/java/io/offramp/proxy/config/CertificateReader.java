package io.offramp.proxy.config;

import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.certificate.CertificateDirectory;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.CertificateSource;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.crypto.KeyType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the certificate settings of a listener, and the files themselves, to check that they can serve. */
final class CertificateReader {
    /**
     * The result.
     *
     * @param certificates in the order of the file; only those without a problem
     * @param keyTypes of them
     * @param names for each name and kind of key, the certificate that answers
     */
    record Result(List<CertificateSource> certificates, Set<KeyType> keyTypes, Map<String, Path> names) {
        private Result() {
            this(new ArrayList<>(), EnumSet.noneOf(KeyType.class), new HashMap<>());
        }

        private void add(Path cert, ServerIdentity identity, Consumer<String> warn) {
            keyTypes.add(identity.keyType());
            identity.warnings().forEach(warn);
            for (String name : identity.names()) {
                Path first = names.putIfAbsent(identity.keyType() + " " + name, cert);
                if (first != null) {
                    warn.accept(
                            "is not used for " + name + ", which is in " + first + " too, with the same kind of key");
                }
            }
        }
    }

    private record PemFile(Path path, Value value) {}

    private static final String CERT_PURPOSE = "a PEM file with the chain, and with the key if there is no \"key\"";

    private final Surroundings surroundings;

    CertificateReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Reads {@code cert} with {@code key} and {@code ocsp}, or {@code certificates}, or {@code development}: exactly
     * one of them.
     */
    Result read(Section tls) {
        boolean development = tls.get("development", Scalar.BOOL, false);
        List<String> given = Stream.of("cert", "certificates", development ? "development" : "")
                .filter(tls.entries()::containsKey)
                .toList();
        if (given.size() > 1) {
            tls.value().error("has " + String.join(" and ", given) + ", of which only one can hold");
        }
        Value list = tls.get("certificates");
        Result result = new Result();
        if (list != null && list.isScalar()) {
            addDirectory(list, result);
        } else if (list != null) {
            list.items("a directory, or a list of {cert, key, ocsp}").forEach(item -> addItem(item, result));
        } else if (tls.entries().containsKey("cert") || !development) {
            addFiles(tls, result);
        } else {
            addDevelopment(tls, result);
        }
        return result;
    }

    private void addDevelopment(Section tls, Result result) {
        Path file = surroundings.developmentCertificate();
        tls.value().warn("development certificate: no client trusts it, and it is not for production");
        result.certificates.add(CertificateFiles.of(file, file));
        result.keyTypes.add(KeyType.ECDSA_P256);
    }

    private void addItem(Value item, Result result) {
        if (item.isScalar()) {
            addDirectory(item, result);
        } else {
            addFiles(item.section("cert", "key", "ocsp"), result);
        }
    }

    private void addDirectory(Value value, Result result) {
        PemFile found = file(value);
        if (found == null) {
            return;
        }
        CertificateDirectory directory = new CertificateDirectory(found.path);
        try {
            for (CertificateFiles each : directory.certificates()) {
                addFrom(directory, each, value, result);
            }
        } catch (BadCertificateException e) {
            value.error(String.valueOf(e.getMessage()));
        }
        addDistinct(directory, value, result);
    }

    private static void addFrom(CertificateDirectory directory, CertificateFiles files, Value value, Result result) {
        try {
            Path name = directory.directory().relativize(files.cert());
            result.add(files.cert(), files.load(), warning -> value.warn(name + ": " + warning));
        } catch (BadCertificateException e) { // names the file
            value.error(String.valueOf(e.getMessage()));
        }
    }

    private static boolean addDistinct(CertificateSource source, Value value, Result result) {
        if (result.certificates.contains(source)) {
            value.error("is in the list already");
            return false;
        }
        return result.certificates.add(source);
    }

    private void addFiles(@Nullable Section section, Result result) {
        Value certValue = section == null ? null : section.require("cert", CERT_PURPOSE);
        PemFile cert = certValue == null ? null : file(certValue);
        Value keyValue = section == null ? null : section.get("key");
        PemFile key = keyValue == null ? cert : file(keyValue);
        Value ocspValue = section == null ? null : section.get("ocsp");
        PemFile ocsp = ocspValue == null ? null : file(ocspValue);
        if (cert == null || key == null) {
            return;
        }
        CertificateFiles files = new CertificateFiles(cert.path, key.path, ocsp == null ? null : ocsp.path);
        if (addDistinct(files, cert.value, result)) {
            check(cert, key, ocsp, result);
        }
    }

    private static void check(PemFile cert, PemFile key, @Nullable PemFile ocsp, Result result) {
        Value culprit = cert.value;
        try {
            ServerIdentity identity = ServerIdentity.load(cert.path, key.path);
            if (ocsp != null) {
                culprit = ocsp.value;
                identity = new CertificateFiles(cert.path, key.path, ocsp.path).load();
            }
            result.add(cert.path, identity, culprit::warn);
        } catch (BadCertificateException e) {
            String message = String.valueOf(e.getMessage());
            (message.contains("private key") ? key.value : culprit).error(message);
        }
    }

    /** The file, or null after a problem: both files of a pair must exist before either is read. */
    private @Nullable PemFile file(Value value) {
        Path path = value.as(surroundings.path());
        if (path == null) {
            return null;
        }
        if (!Files.exists(path)) {
            value.error("no such file: " + path);
            return null;
        }
        return new PemFile(path, value);
    }
}
