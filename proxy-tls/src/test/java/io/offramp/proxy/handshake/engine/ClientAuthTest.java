package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.TestCa;
import io.offramp.proxy.handshake.client.TestCa.Client;
import io.offramp.proxy.handshake.crypto.SigningScheme;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes with clients that have, or do not have, a certificate. */
class ClientAuthTest {
    private static final TestCa ROOT = TestCa.root("CN=Root");
    private static final Client ALICE = ROOT.client("CN=Alice");
    private static final SigningScheme SCHEME = SigningScheme.ECDSA_SECP256R1_SHA256;
    private static final List<ProtocolVersion> VERSIONS = List.of(ProtocolVersion.TLSv13, ProtocolVersion.TLSv12);

    @TempDir
    private Path dir;

    static Stream<Arguments> schemes() throws Exception {
        Client rsa = ROOT.client("CN=Rsa", s -> s.key(TestCertificates.rsa(2048)));
        Client p384 = ROOT.client("CN=P384", s -> s.key(TestCertificates.ec("secp384r1")));
        Client p521 = ROOT.client("CN=P521", s -> s.key(TestCertificates.ec("secp521r1")));
        KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Client ed = ROOT.client("CN=Ed", s -> s.key(edwards));
        return SigningScheme.VERIFIABLE.stream()
                .map(scheme -> Arguments.of(
                        scheme,
                        switch (scheme) {
                            case ECDSA_SECP256R1_SHA256 -> ALICE;
                            case ECDSA_SECP384R1_SHA384 -> p384;
                            case ECDSA_SECP521R1_SHA512 -> p521;
                            case ED25519 -> ed;
                            default -> rsa;
                        }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemes")
    void shouldTakeEverySchemeThatItAsksFor(SigningScheme scheme, Client client) throws Exception {
        for (ProtocolVersion version : VERSIONS) {
            if (!scheme.fits(client.certificate().getPublicKey(), version.equals(ProtocolVersion.TLSv13))) {
                assertThat(failing(required(), new BcClient(version, client, scheme))
                                .detail())
                        .startsWith("illegal_parameter");
                continue;
            }
            try (EmbeddedHandshake server = new EmbeddedHandshake(required())) {
                shake(server, new BcClient(version, client, scheme));

                ClientIdentity identity = server.session().negotiated().client();
                assertThat(identity).isNotNull();
                assertThat(identity.certificate())
                        .isEqualTo(client.certificate().getEncoded());
            }
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void shouldAskWithTheNamesOfTheBundle(ProtocolVersion version) throws Exception {
        BcClient client = new BcClient(version, ALICE, SCHEME);
        try (EmbeddedHandshake server = new EmbeddedHandshake(required())) {
            shake(server, client);

            CertificateRequest request = client.request();
            assertThat(request).isNotNull();
            assertThat((List<?>) request.getCertificateAuthorities()).isEqualTo(List.of(new X500Name("CN=Root")));
            assertThat((List<?>) request.getSupportedSignatureAlgorithms()).hasSize(SigningScheme.VERIFIABLE.size());
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void shouldGoOnWithoutACertificateOnlyWhereItIsOptional(ProtocolVersion version) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings(false))) {
            shake(server, new BcClient(version, null, SCHEME));

            assertThat(server.session().negotiated().client()).isNull();
        }
        HandshakeFailure failure = failing(required(), new BcClient(version, null, SCHEME));

        assertThat(failure.reason()).isEqualTo(Reason.CLIENT_CERTIFICATE_MISSING);
        assertThat(failure.detail())
                .isEqualTo(
                        version.equals(ProtocolVersion.TLSv13)
                                ? "certificate_required: no client certificate"
                                : "handshake_failure: no client certificate");
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void shouldRefuseABadCertificateEvenWhereItIsOptional(ProtocolVersion version) throws Exception {
        Client eve = TestCa.root("CN=Other").client("CN=Eve");

        HandshakeFailure failure = failing(settings(false), new BcClient(version, eve, SCHEME));

        assertThat(failure.reason()).isEqualTo(Reason.CLIENT_CERTIFICATE_UNTRUSTED);
        assertThat(failure.detail()).startsWith("unknown_ca: CN=Eve: issued by CN=Other");
        assertThat(failure.cause()).isNull();
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void shouldRefuseACertificateWithoutItsKey(ProtocolVersion version) throws Exception {
        Client stolen =
                new Client(ALICE.chain(), TestCertificates.ec("secp256r1").getPrivate());

        assertThat(failing(required(), new BcClient(version, stolen, SCHEME)).detail())
                .startsWith("decrypt_error");
        assertThat(failing(required(), new BcClient(version, ALICE, SCHEME, true))
                        .detail())
                .startsWith("decrypt_error");
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void shouldBoundTheNumberOfCertificates(ProtocolVersion version) throws Exception {
        Client many = ALICE.with(Collections.nCopies(10, ROOT.certificate()).toArray(X509Certificate[]::new));

        HandshakeFailure failure = failing(required(), new BcClient(version, many, SCHEME));

        assertThat(failure.reason()).isEqualTo(Reason.CLIENT_CERTIFICATE_BAD);
        assertThat(failure.detail()).isEqualTo("bad_certificate: more than 10 certificates");
    }

    @Test
    void shouldNotAllocateWhatACertificateListClaims() throws Exception {
        // Given a message of nine bytes that says to have a list of 16 MB
        byte[] message = {11, 0, 0, 5, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0};
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (EmbeddedHandshake server = new EmbeddedHandshake(required())) {
            server.receive(RawClientHello.legacy(0x0303).record());
            server.channel().runPendingTasks();
            long before = threads.getCurrentThreadAllocatedBytes();

            // When it comes in
            server.receive(RawClientHello.record(22, message));
            server.channel().runPendingTasks();

            // Then it is refused by its lengths
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 << 20);
            assertThat(server.failure().detail()).isEqualTo("decode_error: certificate list of 16777215 bytes in 2");
        }
    }

    @Test
    void shouldRefuseAPlaintextCertificateInTls13() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(required())) {
            server.receive(EngineClient.of("TLSv1.3").hello());
            server.channel().runPendingTasks();
            server.receive(RawClientHello.record(22, new byte[] {11, 0, 0, 4, 0, 0, 0, 0}));

            assertThat(server.failure().detail()).startsWith("unexpected_message");
        }
    }

    @Test
    void shouldRefuseWhatIsNoCertificate() throws Exception {
        byte[] list = {0, 0, 3, 0x30, (byte) 0x80, 0};
        byte[] body = RawClientHello.join(new byte[] {0, 0, 6}, list);
        try (EmbeddedHandshake server = new EmbeddedHandshake(required())) {
            server.receive(RawClientHello.legacy(0x0303).record());
            server.channel().runPendingTasks();
            server.receive(RawClientHello.record(22, RawClientHello.join(new byte[] {11, 0, 0, 9}, body)));
            server.channel().runPendingTasks();

            assertThat(server.failure().reason()).isEqualTo(Reason.CLIENT_CERTIFICATE_BAD);
            assertThat(server.failure().detail()).isEqualTo("bad_certificate: certificate does not parse");
        }
    }

    @Test
    void shouldVerifyOnTheWorkerThoughTheRecordIsEncrypted() throws Exception {
        // Given
        Queue<Runnable> worker = new ArrayDeque<>();
        HandshakeSettings settings = settings(true, worker::add);
        BcClient client = new BcClient(ProtocolVersion.TLSv13, ALICE, SCHEME);
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(client.hello());
            worker.remove().run();
            server.channel().runPendingTasks();

            // When the certificate comes in
            server.receive(client.exchange(server.output()));

            // Then the event loop has not looked at it
            assertThat(server.isUndecided()).isTrue();
            while (!worker.isEmpty()) {
                worker.remove().run();
                server.channel().runPendingTasks();
            }
            assertThat(server.session().negotiated().client()).isNotNull();
        }
    }

    private HandshakeSettings required() throws Exception {
        return settings(true);
    }

    private HandshakeSettings settings(boolean required) throws Exception {
        return settings(required, Runnable::run);
    }

    private HandshakeSettings settings(boolean required, Executor worker) throws Exception {
        Path ca = TestCertificates.write(dir.resolve("ca.pem"), ROOT.pem());
        ClientAuth auth = ClientAuth.load(required, List.of(ca), null, 1);
        return TestSettings.DEFAULT
                .on(worker)
                .changed(builder -> builder.clientAuth(auth))
                .build();
    }

    private static HandshakeFailure failing(HandshakeSettings settings, BcClient client) throws IOException {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            shake(server, client);
            return server.failure();
        }
    }

    /** Until neither has anything to say, or the client has read an alert. */
    private static void shake(EmbeddedHandshake server, BcClient client) throws IOException {
        byte[] toServer = client.hello();
        while (toServer.length > 0) {
            byte[] first = server.receive(toServer);
            server.channel().runPendingTasks();
            byte[] answer = RawClientHello.join(first, server.output());
            try {
                toServer = answer.length == 0 ? answer : client.exchange(answer);
            } catch (TlsFatalAlertReceived e) {
                return;
            }
        }
    }
}
