package io.offramp.proxy.config;

import io.offramp.proxy.handshake.BadCertificateException;
import io.offramp.proxy.handshake.KeyType;
import io.offramp.proxy.handshake.ServerIdentity;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads which certificates a listener has, and the certificates themselves, to know that they can serve. */
final class CertificateReader {
    /**
     * What was read.
     *
     * @param certificates in the order of the file; only those without a problem
     * @param keyTypes     of them
     */
    record Result(List<TlsConfig.Certificate> certificates, Set<KeyType> keyTypes) {}

    private record PemFile(Path path, Value value) {}

    private static final String CERT_PURPOSE = "a PEM file with the chain, and with the key if there is no \"key\"";

    private final Surroundings surroundings;

    CertificateReader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Reads {@code cert} with {@code key}, or {@code certificates}, or {@code development}: exactly one of them. */
    Result read(Section tls) {
        boolean development = tls.get("development", Scalar.BOOL, false);
        List<String> given = Stream.of("cert", "certificates", development ? "development" : "")
                .filter(tls.entries()::containsKey)
                .toList();
        if (given.size() > 1) {
            tls.value().error("has " + String.join(" and ", given) + ", of which only one can hold");
        }
        Value list = tls.get("certificates");
        Result result = new Result(new ArrayList<>(), EnumSet.noneOf(KeyType.class));
        if (list != null) {
            list.items("a list of {cert, key}").forEach(item -> addPair(item.section("cert", "key"), result));
        } else if (tls.entries().containsKey("cert") || !development) {
            addPair(tls, result);
        } else {
            addDevelopment(tls, result);
        }
        return result;
    }

    private void addDevelopment(Section tls, Result result) {
        Path file = surroundings.developmentCertificate();
        tls.value().warn("development certificate: no client trusts it, and it is not for production");
        result.certificates.add(new TlsConfig.Certificate(file, file));
        result.keyTypes.add(KeyType.ECDSA_P256);
    }

    private void addPair(@Nullable Section pair, Result result) {
        Value certValue = pair == null ? null : pair.require("cert", CERT_PURPOSE);
        PemFile cert = certValue == null ? null : file(certValue);
        Value keyValue = pair == null ? null : pair.get("key");
        PemFile key = keyValue == null ? cert : file(keyValue);
        if (cert == null || key == null) {
            return;
        }
        TlsConfig.Certificate certificate = new TlsConfig.Certificate(cert.path, key.path);
        if (result.certificates.contains(certificate)) {
            cert.value.error("is in the list already");
            return;
        }
        result.certificates.add(certificate);
        check(cert, key, result);
    }

    private static void check(PemFile cert, PemFile key, Result result) {
        try {
            ServerIdentity identity = ServerIdentity.load(cert.path, key.path);
            identity.warnings().forEach(cert.value::warn);
            result.keyTypes.add(identity.keyType());
        } catch (BadCertificateException e) {
            String message = String.valueOf(e.getMessage());
            Value culprit = message.contains("private key") ? key.value : cert.value;
            culprit.error(message);
        }
    }

    /** The file, or null after a problem: both of a pair are looked for before they are read. */
    private @Nullable PemFile file(Value value) {
        String name = value.as(Scalar.FILE);
        if (name == null) {
            return null;
        }
        try {
            Path path = surroundings.resolve(name);
            if (Files.exists(path)) {
                return new PemFile(path, value);
            }
            value.error("no such file: " + path);
        } catch (InvalidPathException e) {
            value.error("not a file name: " + e.getMessage());
        }
        return null;
    }
}
