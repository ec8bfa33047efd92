package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server chooses: certificate, protocol, version, suite, group. */
class HandshakeChoiceTest {
    @TempDir
    private Path dir;

    private static final ServerIdentity FIRST = TestSettings.p256("first.test");
    private static final ServerIdentity FIRST_RSA = TestSettings.rsa("first.test");
    private static final ServerIdentity EXACT = TestSettings.p256("www.second.test");
    private static final ServerIdentity WILD = TestSettings.p256("*.second.test");

    @ParameterizedTest
    @CsvSource({
        "first.test, first.test",
        "WWW.Second.test, www.second.test",
        "api.second.test, *.second.test",
        "deep.api.second.test, first.test",
        "second.test, first.test",
        "unknown.test, first.test",
        ", first.test"
    })
    void shouldChooseTheCertificateByName(String asked, String expected) throws Exception {
        EngineClient client =
                new EngineClient(p -> p.setServerNames(asked == null ? List.of() : List.of(new SNIHostName(asked))));

        Certificate served = serve(client, TestSettings.DEFAULT.with(FIRST, EXACT, WILD), asked);

        assertThat(served.toString()).contains("CN=" + expected);
    }

    private static Certificate serve(EngineClient client, TestSettings settings, @Nullable String asked)
            throws Exception {
        try (EmbeddedHandshake server =
                new EmbeddedHandshake(settings.on((Executor) Runnable::run).build())) {
            byte[] last = server.receive(client.exchange(server.receive(client.hello())));
            if (asked != null) {
                assertThat(server.session().negotiated().serverName()).isEqualTo(asked.toLowerCase(Locale.ROOT));
            }
            client.exchange(last);
            return client.engine().getSession().getPeerCertificates()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldServeEcdsaOrRsaByWhatTheClientCanVerify(String version) throws Exception {
        TestSettings both = TestSettings.DEFAULT.with(FIRST_RSA, FIRST);

        assertThat(serve(client(version, p -> {}), both, null)).isEqualTo(FIRST.leaf());
        assertThat(serve(
                        client(
                                version,
                                p -> p.setSignatureSchemes(new String[] {"rsa_pss_rsae_sha256", "rsa_pkcs1_sha256"})),
                        both,
                        null))
                .isEqualTo(FIRST_RSA.leaf());
        assertThat(serve(
                        client(version, p -> p.setSignatureSchemes(new String[] {"ecdsa_secp256r1_sha256"})),
                        both,
                        null))
                .isEqualTo(FIRST.leaf());
    }

    /** RFC 8446 §4.4.2: its own certificate first, and each certified by the next. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldSendTheWholeChain(String version) throws Exception {
        KeyPair ca = TestCertificates.rsa(2048);
        KeyPair own = TestCertificates.ec("secp256r1");
        X509Certificate root = TestCertificates.selfSigned(ca, "root");
        X509Certificate leaf = TestCertificates.issue(own, "leaf", ca, "root", Instant.now(), "first.test");
        Path file = dir.resolve("site.pem");
        TestCertificates.write(file, TestCertificates.traditional(own.getPrivate()) + TestCertificates.pem(leaf, root));
        EngineClient client = client(version, p -> {});

        serve(client, TestSettings.DEFAULT.with(ServerIdentity.load(file, file)), null);

        assertThat(client.engine().getSession().getPeerCertificates()).containsExactly(leaf, root);
    }

    @Test
    void shouldServeRsaToATls12ClientThatDoesNotKnowTheCurve() throws Exception {
        EngineClient client = client("TLSv1.2", p -> p.setNamedGroups(new String[] {"x25519"}));

        assertThat(serve(client, TestSettings.DEFAULT.with(FIRST, FIRST_RSA), null))
                .isEqualTo(FIRST_RSA.leaf());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldRefuseAClientThatSpeaksOnlyOtherProtocols(String version) throws Exception {
        EngineClient client = client(version, p -> p.setApplicationProtocols(new String[] {"h2"}));
        try (EmbeddedHandshake server = new EmbeddedHandshake(TestSettings.DEFAULT.build())) {
            byte[] answer = server.receive(client.hello());

            assertThat(answer).isEqualTo(RawClientHello.record(21, new byte[] {2, 120}));
            assertThat(server.failure().reason()).isEqualTo(Reason.ALERT_SENT);
            assertThat(server.failure().detail()).startsWith("no_application_protocol");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldNegotiateNoProtocolWhereNoneIsOfferedByEither(String version) throws Exception {
        assertThat(protocol(client(version, p -> {}), TestSettings.DEFAULT)).isNull();
        EngineClient http = client(version, p -> p.setApplicationProtocols(new String[] {"h2", "http/1.1"}));
        assertThat(protocol(http, TestSettings.DEFAULT.withProtocols())).isNull();
        assertThat(http.engine().getApplicationProtocol()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldGoOnWithoutAProtocolWhereAMismatchIsIgnored(String version) throws Exception {
        TestSettings lenient = TestSettings.DEFAULT.changed(builder -> builder.ignoresOtherProtocols(true));
        EngineClient other = client(version, p -> p.setApplicationProtocols(new String[] {"h2", "spdy/3"}));

        assertThat(protocol(other, lenient)).isNull();
        assertThat(other.engine().getApplicationProtocol()).isEmpty();
        EngineClient both = client(version, p -> p.setApplicationProtocols(new String[] {"h2", "http/1.1"}));
        assertThat(protocol(both, lenient)).isEqualTo("http/1.1");
    }

    @Test
    void shouldPreferItsOwnOrderOfProtocols() throws Exception {
        EngineClient client =
                client("TLSv1.3", p -> p.setApplicationProtocols(new String[] {"postgresql", "http/1.1"}));

        assertThat(protocol(client, TestSettings.DEFAULT.withProtocols("http/1.1", "postgresql")))
                .isEqualTo("http/1.1");
    }

    private static @Nullable String protocol(EngineClient client, TestSettings settings) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings.build())) {
            client.exchange(server.receive(client.exchange(server.receive(client.hello()))));
            return server.session().negotiated().protocol();
        }
    }

    /** RFC 6066 §3: a name that the server does not recognise does not have to end the handshake. */
    @ParameterizedTest
    @ValueSource(strings = {"[::1]", "b\u00fccher.test", "a b", "\u0000"})
    void shouldServeTheDefaultCertificateForWhatIsNoHostName(String name) throws Exception {
        byte[] list = RawClientHello.list(
                RawClientHello.join(new byte[] {0}, RawClientHello.list(name.getBytes(StandardCharsets.UTF_8))));
        try (EmbeddedHandshake server =
                new EmbeddedHandshake(TestSettings.DEFAULT.with(FIRST).build())) {
            byte[] answer =
                    server.receive(RawClientHello.legacy(0x0303).with(0, list).record());

            assertThat(HexFormat.of().formatHex(answer))
                    .contains(HexFormat.of().formatHex(FIRST.leaf().getEncoded()));
            server.channel().close();
        }
    }

    @Test
    void shouldPreferItsOwnOrderOfSuites() throws Exception {
        String[] order = {"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"};
        EngineClient client = client("TLSv1.3", p -> p.setCipherSuites(new String[] {order[1], order[0]}));
        try (EmbeddedHandshake server =
                new EmbeddedHandshake(TestSettings.DEFAULT.withCiphers(order).build())) {
            server.receive(client.exchange(server.receive(client.hello())));

            assertThat(server.session().negotiated().cipherSuite()).isEqualTo(order[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, TLSv1.3", "TLS_1_3, TLSv1.2"})
    void shouldRefuseVersionsThatAreSwitchedOff(ProtocolVersion only, String offered) throws Exception {
        try (EmbeddedHandshake server =
                new EmbeddedHandshake(TestSettings.DEFAULT.with(only).build())) {
            byte[] answer = server.receive(EngineClient.of(offered).hello());

            assertThat(answer).endsWith((byte) 2, (byte) 70);
            assertThat(server.failure().detail()).startsWith("protocol_version");
        }
    }

    @Test
    void shouldTakeAShareThatIsThereRatherThanRetryForABetterGroup() throws Exception {
        EngineClient client = client("TLSv1.3", p -> p.setNamedGroups(new String[] {"secp384r1", "x25519"}));
        try (EmbeddedHandshake server = new EmbeddedHandshake(TestSettings.DEFAULT.build())) {
            server.receive(client.exchange(server.receive(client.hello())));

            assertThat(server.session().negotiated().group()).isIn("secp384r1", "x25519");
            assertThat(server.events()).containsExactly("handshaken");
        }
    }

    @Test
    void shouldRetryForAGroupThatBothKnow() throws Exception {
        EngineClient client = client("TLSv1.3", p -> p.setNamedGroups(new String[] {"secp521r1", "x448", "secp384r1"}));
        try (EmbeddedHandshake server = new EmbeddedHandshake(TestSettings.DEFAULT.build())) {
            byte[] secondHello = client.exchange(server.receive(client.hello()));
            assertThat(server.isUndecided()).isTrue();
            byte[] finished = client.exchange(server.receive(secondHello));
            server.receive(finished);

            assertThat(server.session().negotiated().group()).isEqualTo("secp384r1");
            assertThat(server.session().rxKeys().nextSequence()).isZero();
            assertThat(server.session().txKeys().nextSequence()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONSCRYPT", "CORRETTO", "BOUNCY_CASTLE", "JDK"})
    void shouldShakeHandsWithEachProvider(String name) throws Exception {
        CryptoProviders only =
                new CryptoProviders(List.of(CryptoProviders.Candidate.valueOf(name), CryptoProviders.Candidate.JDK));
        for (ServerIdentity identity : List.of(TestSettings.P256, TestSettings.P384, TestSettings.RSA)) {
            for (Group group :
                    List.of(Group.X25519, Group.SECP256R1, Group.SECP384R1)) { // the JDK's client knows no hybrid
                EngineClient client = client("TLSv1.3", p -> p.setNamedGroups(new String[] {group.label()}));
                assertThat(serve(client, TestSettings.DEFAULT.with(identity).with(only), null))
                        .isEqualTo(identity.leaf());
            }
        }
    }

    @Test
    void shouldSayWhichProvidersAreUsed() throws Exception {
        TestSettings.DEFAULT.build();

        assertThat(CryptoProviders.describe())
                .matches("ML-KEM-768 \\S.*, X25519 \\S.*, P-256 \\S.*, P-384 \\S.*, ECDSA P-256 \\S.*");
    }

    @Test
    void shouldRefuseSettingsThatCannotWork() {
        assertThatThrownBy(
                        () -> TestSettings.DEFAULT.with(new ServerIdentity[0]).build())
                .hasMessageContaining("certificate");
        assertThatThrownBy(() -> TestSettings.DEFAULT
                        .withCiphers("TLS_RSA_WITH_RC4_128_MD5")
                        .build())
                .hasMessage("unknown cipher 'TLS_RSA_WITH_RC4_128_MD5'");
        assertThatThrownBy(() -> TestSettings.DEFAULT
                        .with(ProtocolVersion.TLS_1_2)
                        .withCiphers("TLS_AES_128_GCM_SHA256")
                        .build())
                .hasMessage("none of [TLS_AES_128_GCM_SHA256] is a cipher of TLS [1.2]");
        assertThatThrownBy(() -> TestSettings.DEFAULT.withGroups("x448").build())
                .hasMessage("unknown group 'x448'");
        assertThatThrownBy(() -> TestSettings.DEFAULT.withGroups().build()).hasMessageContaining("group");
        assertThat(HandshakeSettings.supportedGroups())
                .containsExactly("X25519MLKEM768", "x25519", "secp256r1", "secp384r1");
        assertThat(HandshakeSettings.supportedCiphers()).hasSize(9).startsWith("TLS_AES_128_GCM_SHA256");
    }

    private static EngineClient client(String version, Consumer<SSLParameters> more) {
        return new EngineClient(p -> {
            p.setProtocols(new String[] {version});
            more.accept(p);
        });
    }
}
