package io.offramp.proxy.config;

import io.netty.util.NetUtil;
import io.offramp.proxy.config.UpstreamTlsConfig.Verify;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the {@code tls} section of an upstream, and its files, to check that they can serve. */
final class UpstreamTlsReader {
    private static final Scalar<Verify> VERIFY = Scalar.choice(Verify.class);
    /** The root of DNS, a lone dot, is no name of a server. */
    static final Scalar<String> NAME = new Scalar<>(
            "a host name or an address",
            text -> text.matches("(?!\\.$)[A-Za-z0-9._-]{1,253}") || NetUtil.isValidIpV6Address(text) ? text : null);

    private static final Scalar<String> PROTOCOL =
            new Scalar<>("a protocol such as http/1.1", text -> text.matches("[!-~]{1,255}") ? text : null);

    private final Surroundings surroundings;
    private final OffloadReader offload;
    private final TrustFiles files;

    UpstreamTlsReader(Surroundings surroundings, OffloadReader offload) {
        this.surroundings = surroundings;
        this.offload = offload;
        this.files = new TrustFiles(surroundings);
    }

    /** The section; the defaults after a problem. */
    UpstreamTlsConfig read(Value value) {
        Section tls = value.section("verify", "ca", "crl", "server-name", "alpn", "cert", "key", "offload");
        if (tls == null) {
            return UpstreamTlsConfig.DEFAULTS;
        }
        Verify verify = tls.get("verify", VERIFY, Verify.FULL);
        if (verify == Verify.NONE) {
            warnOfUnverified(tls);
        }
        Value caValue = tls.get("ca");
        List<Path> ca = caValue == null ? List.of() : files.ca(caValue);
        Value crl = tls.get("crl");
        if (crl != null && caValue == null) {
            crl.error("needs \"ca\": the lists are those of its certificates");
        }
        Value alpn = tls.get("alpn");
        return new UpstreamTlsConfig(
                verify,
                ca,
                files.crl(crl, ca),
                tls.get("server-name") == null ? null : tls.get("server-name").as(NAME),
                alpn == null
                        ? List.of()
                        : List.copyOf(
                                alpn.distinct("a list of protocols", PROTOCOL).keySet()),
                identity(tls),
                offload.readOfUpstream(tls.get("offload")));
    }

    private static void warnOfUnverified(Section tls) {
        Value place = tls.get("verify");
        if (place != null) {
            place.warn("servers are not verified: whoever is on the way can read and change everything");
        }
        Stream.of("ca", "crl")
                .map(tls::get)
                .filter(found -> found != null)
                .forEach(found -> found.warn("not used: verify is none"));
    }

    private @Nullable CertificateFiles identity(Section tls) {
        Value cert = tls.get("cert");
        Value key = tls.get("key");
        if (cert == null) {
            if (key != null) {
                key.error("needs \"cert\"");
            }
            return null;
        }
        Path certFile = cert.as(surroundings.path());
        Path keyFile = key == null ? certFile : key.as(surroundings.path());
        if (certFile == null || keyFile == null) {
            return null;
        }
        CertificateFiles identity = CertificateFiles.of(certFile, keyFile);
        TrustFiles.check(cert, () -> {
            identity.load(); // its warnings are about servers
            return List.of();
        });
        return identity;
    }
}
