package io.offramp.proxy.handshake.engine;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.UnaryOperator;

/** Settings with the usual values; a test changes those that it is about. Immutable. */
final class TestSettings {
    private static final KeyPair P256_KEY = TestCertificates.ec("secp256r1");
    private static final KeyPair P384_KEY = TestCertificates.ec("secp384r1");
    private static final KeyPair RSA_KEY = TestCertificates.rsa(2048);

    static final ServerIdentity P256 = TestCertificates.identity(P256_KEY, "localhost", "localhost");
    static final ServerIdentity P384 = TestCertificates.identity(P384_KEY, "localhost", "localhost");
    static final ServerIdentity RSA = TestCertificates.identity(RSA_KEY, "localhost", "localhost");

    /** A P-256 certificate, everything else by default. */
    static final TestSettings DEFAULT =
            new TestSettings(ForkJoinPool.commonPool(), builder -> builder.protocols(List.of("http/1.1")));

    private final Executor worker;
    private final UnaryOperator<HandshakeSettings.Builder> changes;

    private TestSettings(Executor worker, UnaryOperator<HandshakeSettings.Builder> changes) {
        this.worker = worker;
        this.changes = changes;
    }

    static ServerIdentity p256(String... names) {
        return TestCertificates.identity(P256_KEY, names[0], names);
    }

    static ServerIdentity rsa(String... names) {
        return TestCertificates.identity(RSA_KEY, names[0], names);
    }

    /** With one more change. */
    TestSettings changed(UnaryOperator<HandshakeSettings.Builder> change) {
        return new TestSettings(worker, builder -> change.apply(changes.apply(builder)));
    }

    TestSettings with(ServerIdentity... certificates) {
        return changed(builder -> builder.identities(List.of(certificates)));
    }

    TestSettings with(CryptoProviders crypto) {
        return changed(builder -> builder.providers(crypto));
    }

    TestSettings with(ProtocolVersion only) {
        return changed(builder -> builder.versions(Set.of(only)));
    }

    TestSettings on(Executor executor) {
        return new TestSettings(executor, changes);
    }

    TestSettings with(Duration limit) {
        return changed(builder -> builder.timeout(limit));
    }

    TestSettings withCiphers(String... names) {
        return changed(builder -> builder.ciphers(List.of(names)));
    }

    TestSettings withGroups(String... names) {
        return changed(builder -> builder.groups(List.of(names)));
    }

    TestSettings withProtocols(String... names) {
        return changed(builder -> builder.protocols(List.of(names)));
    }

    HandshakeSettings build() {
        return changes.apply(HandshakeSettings.builder(List.of(P256), worker)).build();
    }
}
