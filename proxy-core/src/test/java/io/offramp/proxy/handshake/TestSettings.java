package io.offramp.proxy.handshake;

import io.offramp.offload.record.ProtocolVersion;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/** Settings with the usual values but for what a test is about. */
record TestSettings(
        CryptoProviders providers,
        List<ServerIdentity> identities,
        Set<ProtocolVersion> versions,
        List<String> ciphers,
        List<String> protocols,
        Duration timeout,
        int maxBytes,
        Executor worker) {
    private static final KeyPair P256_KEY = TestCertificates.ec("secp256r1");
    private static final KeyPair P384_KEY = TestCertificates.ec("secp384r1");
    private static final KeyPair RSA_KEY = TestCertificates.rsa(2048);

    static final ServerIdentity P256 = TestCertificates.identity(P256_KEY, "localhost", "localhost");
    static final ServerIdentity P384 = TestCertificates.identity(P384_KEY, "localhost", "localhost");
    static final ServerIdentity RSA = TestCertificates.identity(RSA_KEY, "localhost", "localhost");

    /** A P-256 certificate, everything else by default. */
    static final TestSettings DEFAULT = new TestSettings(
            CryptoProviders.best(),
            List.of(P256),
            Set.of(ProtocolVersion.values()),
            HandshakeSettings.supportedCiphers(),
            List.of("http/1.1"),
            Duration.ofSeconds(10),
            64 << 10,
            ForkJoinPool.commonPool());

    static ServerIdentity p256(String... names) {
        return TestCertificates.identity(P256_KEY, names[0], names);
    }

    static ServerIdentity rsa(String... names) {
        return TestCertificates.identity(RSA_KEY, names[0], names);
    }

    TestSettings with(ServerIdentity... certificates) {
        return new TestSettings(providers, List.of(certificates), versions, ciphers, protocols, timeout, maxBytes, worker);
    }

    TestSettings with(CryptoProviders crypto) {
        return new TestSettings(crypto, identities, versions, ciphers, protocols, timeout, maxBytes, worker);
    }

    TestSettings with(ProtocolVersion only) {
        return new TestSettings(providers, identities, Set.of(only), ciphers, protocols, timeout, maxBytes, worker);
    }

    TestSettings with(Executor executor) {
        return new TestSettings(providers, identities, versions, ciphers, protocols, timeout, maxBytes, executor);
    }

    TestSettings with(Duration limit) {
        return new TestSettings(providers, identities, versions, ciphers, protocols, limit, maxBytes, worker);
    }

    TestSettings withCiphers(String... names) {
        return new TestSettings(providers, identities, versions, List.of(names), protocols, timeout, maxBytes, worker);
    }

    TestSettings withProtocols(String... names) {
        return new TestSettings(providers, identities, versions, ciphers, List.of(names), timeout, maxBytes, worker);
    }

    HandshakeSettings build() {
        return new HandshakeSettings(providers, identities, versions, ciphers, protocols, timeout, maxBytes, worker);
    }
}
