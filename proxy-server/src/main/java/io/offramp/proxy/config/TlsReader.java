package io.offramp.proxy.config;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.KeyType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code tls} section of a listener. */
final class TlsReader {
    private static final Scalar<ProtocolVersion> VERSION = new Scalar<>(
            "\"1.2\" or \"1.3\"",
            text -> Arrays.stream(ProtocolVersion.values())
                    .filter(each -> each.label().equals(text))
                    .findFirst()
                    .orElse(null));
    private static final Scalar<String> CIPHER = Scalar.known("cipher", CipherNames.SUPPORTED);

    private final Surroundings surroundings;
    private final CertificateReader certificates;
    private final ClientAuthReader clientAuth;
    private final TicketReader tickets;

    TlsReader(Surroundings surroundings) {
        this.surroundings = surroundings;
        certificates = new CertificateReader(surroundings);
        clientAuth = new ClientAuthReader(surroundings);
        tickets = new TicketReader(surroundings);
    }

    /**
     * The section, or null after a problem.
     *
     * @param mode of the listener
     * @param http2 whether it speaks HTTP/2
     */
    @Nullable
    TlsConfig read(Value value, ListenerConfig.Mode mode, boolean http2) {
        Section tls = value.section(
                "cert",
                "key",
                "ocsp",
                "certificates",
                "development",
                "versions",
                "ciphers",
                "groups",
                "alpn",
                "tickets",
                "client-auth",
                "record-size",
                "keylog");
        if (tls == null) {
            return null;
        }
        CertificateReader.Result identities = certificates.read(tls);
        Set<ProtocolVersion> versions = versions(tls.get("versions"));
        List<String> ciphers = ciphers(tls, versions, identities.keyTypes());
        return new TlsConfig(
                identities.certificates(),
                versions,
                ciphers,
                GroupReader.read(tls.get("groups"), versions),
                AlpnReader.read(tls.get("alpn"), mode, http2),
                tickets.read(tls.get("tickets")),
                clientAuth.read(tls.get("client-auth")),
                RecordSizeReader.read(tls.get("record-size")),
                keylog(tls.get("keylog")));
    }

    private static List<String> ciphers(Section tls, Set<ProtocolVersion> versions, Set<KeyType> keyTypes) {
        Value list = tls.get("ciphers");
        if (list == null) {
            return CipherNames.SUPPORTED.stream()
                    .filter(each -> versions.contains(version(each)))
                    .toList();
        }
        Map<String, Value> ciphers = list.distinct("a list of ciphers", CIPHER);
        ciphers.forEach((cipher, item) -> checkUsable(cipher, item, versions, keyTypes));
        dropVersionsWithoutCipher(versions, ciphers.keySet(), list, tls.get("versions") != null);
        return List.copyOf(ciphers.keySet());
    }

    private @Nullable Path keylog(@Nullable Value file) {
        return file == null ? null : file.as(surroundings.path());
    }

    private static Set<ProtocolVersion> versions(@Nullable Value list) {
        Set<ProtocolVersion> all = EnumSet.allOf(ProtocolVersion.class);
        Set<ProtocolVersion> read = list == null
                ? all
                : list.distinct("a list of \"1.2\" and \"1.3\"", VERSION).keySet();
        return read.isEmpty() ? all : EnumSet.copyOf(read);
    }

    private static void checkUsable(String cipher, Value item, Set<ProtocolVersion> versions, Set<KeyType> keyTypes) {
        ProtocolVersion version = version(cipher);
        if (!versions.contains(version)) {
            item.error("is for TLS " + version.label() + ", which is not among the versions");
        } else if (cipher.contains("_ECDSA_") && keyTypes.stream().noneMatch(KeyType::isEcdsa)) {
            item.warn("never used: no certificate has an ECDSA key");
        } else if (cipher.contains("_RSA_") && keyTypes.stream().allMatch(KeyType::isEcdsa)) {
            item.warn("never used: no certificate has an RSA key");
        }
    }

    /** With only TLS 1.3 ciphers the default is TLS 1.3 alone. */
    private static void dropVersionsWithoutCipher(
            Set<ProtocolVersion> versions, Set<String> ciphers, Value list, boolean explicit) {
        for (ProtocolVersion version : ciphers.isEmpty() ? Set.<ProtocolVersion>of() : Set.copyOf(versions)) {
            if (ciphers.stream().anyMatch(cipher -> version(cipher) == version)) {
                continue;
            }
            if (explicit) {
                list.error("none is for TLS " + version.label() + ", which is among the versions");
            } else {
                list.warn("none is for TLS " + version.label() + ", which is therefore not offered");
                versions.remove(version);
            }
        }
    }

    private static ProtocolVersion version(String cipher) {
        return CipherNames.version(cipher);
    }
}
