package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.KeyType;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL, GnuTLS and curl as clients. */
class HandshakeToolsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path dir;

    static Stream<Arguments> suitesAndGroups() {
        List<Arguments> all = new ArrayList<>();
        for (TlsSuite suite : TlsSuite.ALL) {
            for (Group group : List.of(Group.X25519, Group.SECP256R1, Group.SECP384R1)) {
                all.add(Arguments.of(suite, group));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("suitesAndGroups")
    void shouldShakeHandsWithOpenssl(TlsSuite suite, Group group) throws Exception {
        boolean tls13 = suite.version() == ProtocolVersion.TLS_1_3;
        ServerIdentity identity = suite.allows(KeyType.ECDSA_P256) ? TestSettings.P256 : TestSettings.RSA;
        List<String> options = new ArrayList<>(
                tls13
                        ? List.of("-tls1_3", "-ciphersuites", suite.name())
                        : List.of("-tls1_2", "-cipher", opensslName(suite)));
        // the curve of an ECDSA certificate must be in the list of a TLS 1.2 client
        options.addAll(List.of("-groups", opensslName(group) + (tls13 || group == Group.SECP256R1 ? "" : ":P-256")));
        try (HandshakeTestServer server = new HandshakeTestServer(
                        TestSettings.DEFAULT.with(identity).build());
                Tool client = openssl(server.port(), options)) {
            client.type("ping over " + suite);

            assertThat(server.session().negotiated().cipherSuite()).isEqualTo(suite.name());
            await().atMost(PATIENCE).until(() -> client.hasPrinted("ping over " + suite));
        }
    }

    private static Tool openssl(int port, List<String> options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-servername", "localhost"));
        command.addAll(options);
        return Tool.run(command);
    }

    private static String opensslName(TlsSuite suite) {
        return suite.name()
                .replace("TLS_", "")
                .replace("_WITH", "")
                .replace("AES_", "AES")
                .replace("_", "-")
                .replace("CHACHA20-POLY1305-SHA256", "CHACHA20-POLY1305");
    }

    private static String opensslName(Group group) {
        return switch (group) {
            case X25519 -> "X25519";
            case SECP256R1 -> "P-256";
            case SECP384R1 -> "P-384";
            case X25519MLKEM768 -> throw new IllegalArgumentException("not in OpenSSL 3.0");
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void shouldAnswerAMismatchOfProtocolsAsConfigured(String version) throws Exception {
        List<String> options = List.of(version, "-alpn", "h2,spdy/3");
        try (HandshakeTestServer server = new HandshakeTestServer(TestSettings.DEFAULT.build());
                Tool client = openssl(server.port(), options)) {
            assertThat(server.failure().detail()).startsWith("no_application_protocol");
            await().atMost(PATIENCE).until(() -> client.hasPrinted("alert no application protocol"));
        }
        HandshakeSettings lenient = TestSettings.DEFAULT
                .changed(builder -> builder.ignoresOtherProtocols(true))
                .build();
        try (HandshakeTestServer server = new HandshakeTestServer(lenient);
                Tool client = openssl(server.port(), options)) {
            client.type("ping without a protocol");

            assertThat(server.session().negotiated().protocol()).isNull();
            await().atMost(PATIENCE)
                    .until(() ->
                            client.hasPrinted("ping without a protocol") && client.hasPrinted("No ALPN negotiated"));
        }
    }

    @Test
    void shouldRetryWithOpenssl() throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(TestSettings.DEFAULT.build());
                Tool client = openssl(server.port(), List.of("-tls1_3", "-groups", "P-521:P-384"))) {
            client.type("ping after a retry");

            assertThat(server.session().negotiated().group()).isEqualTo("secp384r1");
            await().atMost(PATIENCE).until(() -> client.hasPrinted("ping after a retry"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldShakeHandsInFragmentsAsShortAsOpensslAsksFor(String version) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(
                        TestSettings.DEFAULT.with(TestSettings.RSA).build());
                Tool client = openssl(server.port(), List.of(version, "-maxfraglen", "512"))) {
            client.type("ping");

            assertThat(server.session().negotiated().recordLimit()).isEqualTo(512);
            await().atMost(PATIENCE).until(() -> client.hasPrinted("ping"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-521:P-256"})
    void shouldRejectEarlyDataAndGoOn(String groups) throws Exception {
        // Given a session of some other server that allowed 0-RTT data
        Path pem = TestCertificates.write(
                dir.resolve("server.pem"),
                TestCertificates.pem(TestSettings.P256.leaf())
                        + TestCertificates.pkcs8(TestSettings.P256.privateKey()));
        Path session = dir.resolve("session.pem");
        Path data = TestCertificates.write(dir.resolve("early.txt"), "early ".repeat(1000));
        int port = FreePort.find();
        try (Tool _ = Tool.run(List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:" + port,
                "-cert",
                pem.toString(),
                "-key",
                pem.toString(),
                "-tls1_3",
                "-early_data",
                "-quiet"))) {
            await().atMost(PATIENCE).until(() -> FreePort.isTaken(port));
            try (Tool client = openssl(port, List.of("-tls1_3", "-sess_out", session.toString()))) {
                await().atMost(PATIENCE).until(() -> Files.exists(session) && Files.size(session) > 0);
                client.type("Q");
            }
        }

        // When the client offers such data to us
        try (HandshakeTestServer server = new HandshakeTestServer(TestSettings.DEFAULT.build());
                Tool client = openssl(
                        server.port(),
                        List.of(
                                "-tls1_3",
                                "-groups",
                                groups,
                                "-sess_in",
                                session.toString(),
                                "-early_data",
                                data.toString()))) {
            client.type("ping after early data");

            // Then it is skipped and the handshake is a full one
            assertThat(server.session().rxKeys().nextSequence()).isZero();
            await().atMost(PATIENCE).until(() -> client.hasPrinted("ping after early data"));
            assertThat(client.printed()).contains("Early data was rejected").doesNotContain("early early");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "NORMAL:-VERS-ALL:+VERS-TLS1.3",
                "NORMAL:-VERS-ALL:+VERS-TLS1.2",
                "NORMAL:-VERS-ALL:+VERS-TLS1.2:%NO_EXTENSIONS",
                "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP521R1:+GROUP-SECP256R1",
                "NORMAL:-CIPHER-ALL:+CHACHA20-POLY1305",
                "NORMAL:-CIPHER-ALL:+AES-256-GCM:-VERS-ALL:+VERS-TLS1.2"
            })
    void shouldShakeHandsWithGnutls(String priority) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(TestSettings.DEFAULT.build());
                Tool client = Tool.run(List.of(
                        "gnutls-cli",
                        "--insecure",
                        "--priority",
                        priority,
                        "--port",
                        "" + server.port(),
                        "127.0.0.1"))) {
            client.type("ping from gnutls");

            server.session();
            await().atMost(PATIENCE).until(() -> client.hasPrinted("ping from gnutls"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--tlsv1.3", "--tls-max 1.2", "--http1.1", "--no-alpn", "--curves P-384"})
    void shouldServeCurl(String options) throws Exception {
        for (ServerIdentity identity : List.of(TestSettings.P256, TestSettings.RSA)) {
            try (HandshakeTestServer server =
                    new HandshakeTestServer(TestSettings.DEFAULT.with(identity).build())) {
                List<String> command = new ArrayList<>(List.of("curl", "-sk", "--max-time", "10"));
                command.addAll(List.of(options.split(" ")));
                command.add("https://localhost:" + server.port() + "/");
                try (Tool client = Tool.run(command)) {
                    assertThat(client.ends()).isTrue();
                    await().atMost(PATIENCE).until(() -> client.hasPrinted("hello"));
                }
            }
        }
    }

    @Test
    void shouldTellCurlThatThePortSpeaksTls() throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(TestSettings.DEFAULT.build());
                Tool client = Tool.run(
                        List.of("curl", "-s", "--max-time", "10", "http://localhost:" + server.port() + "/"))) {
            assertThat(client.ends()).isTrue();
            await().atMost(PATIENCE).until(() -> client.hasPrinted("this port speaks TLS"));
            assertThat(server.failure().reason()).isEqualTo(Reason.PLAIN_HTTP);
        }
    }

    @Test
    void shouldReportTheAlertOfAClientThatDoesNotTrustUs() throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(TestSettings.DEFAULT.build());
                Tool client = Tool.run(List.of("curl", "-s", "https://localhost:" + server.port() + "/"))) {
            assertThat(client.ends()).isTrue();
            assertThat(server.failure()).isEqualTo(new HandshakeFailure(Reason.ALERT_RECEIVED, "unknown_ca"));
        }
    }
}
