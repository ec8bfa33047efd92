package io.offramp.proxy.handshake.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.client.TestCa;
import io.offramp.proxy.handshake.client.TestCa.Client;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL, curl, GnuTLS and the JDK as clients with certificates. */
class ClientAuthIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final TestCa ROOT = TestCa.root("CN=Root");
    private static final TestCa MIDDLE = ROOT.intermediate("CN=Middle");
    private static final Instant NOW = Instant.now();

    @TempDir
    private Path dir;

    static Stream<Arguments> keysAndVersions() {
        List<Client> clients = List.of(
                ROOT.client("CN=P256"),
                ROOT.client("CN=P384", s -> s.key(TestCertificates.ec("secp384r1"))),
                ROOT.client("CN=RSA", s -> s.key(TestCertificates.rsa(2048))),
                MIDDLE.client("CN=Below").with(MIDDLE.certificate()));
        return clients.stream().flatMap(c -> Stream.of(Arguments.of("1_3", c), Arguments.of("1_2", c)));
    }

    static Stream<Arguments> bad() {
        Client revoked = ROOT.client("CN=Revoked");
        return Stream.of(
                Arguments.of(
                        TestCa.root("CN=Other").client("CN=Eve"), Reason.CLIENT_CERTIFICATE_UNTRUSTED, "unknown ca"),
                Arguments.of(
                        ROOT.client("CN=Old", s -> s.valid(NOW.minusSeconds(900), NOW.minusSeconds(60))),
                        Reason.CLIENT_CERTIFICATE_EXPIRED,
                        "certificate expired"),
                Arguments.of(revoked, Reason.CLIENT_CERTIFICATE_REVOKED, "certificate revoked"),
                Arguments.of(
                        ROOT.client("CN=www", s -> s.purposes(KeyPurposeId.id_kp_serverAuth)),
                        Reason.CLIENT_CERTIFICATE_USAGE,
                        "unsupported certificate"),
                Arguments.of(deep(), Reason.CLIENT_CERTIFICATE_UNTRUSTED, "unknown ca"));
    }

    private static Client deep() {
        TestCa lower = MIDDLE.intermediate("CN=Lower");
        return lower.client("CN=Deep").with(lower.certificate(), MIDDLE.certificate());
    }

    @ParameterizedTest
    @MethodSource("keysAndVersions")
    void shouldLetOpensslInWithItsCertificate(String version, Client client) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings(auth(true)));
                Tool tool = openssl(server, version, client)) {
            tool.type("ping with a certificate");

            assertThat(requireNonNull(server.session().negotiated().client()).certificate())
                    .isEqualTo(client.certificate().getEncoded());
            await().atMost(PATIENCE).until(() -> tool.hasPrinted("ping with a certificate"));
            assertThat(tool.printed()).contains("Acceptable client certificate CA names\nCN = Root");
        }
    }

    @ParameterizedTest
    @MethodSource("bad")
    void shouldRefuseABadCertificateWithItsAlert(Client client, Reason reason, String alert) throws Exception {
        ClientAuth auth = ClientAuth.load(
                true,
                List.of(ca(), write("middle.pem", MIDDLE.pem())),
                write("crl.pem", TestCa.pem(ROOT.crl(revokedOf(client)), MIDDLE.crl())),
                0);
        for (String version : List.of("1_3", "1_2")) {
            try (HandshakeTestServer server = new HandshakeTestServer(settings(auth));
                    Tool tool = openssl(server, version, client)) {
                assertThat(tool.ends()).isTrue();
                assertThat(server.failure().reason()).isEqualTo(reason);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(tool.printed()).contains("alert " + alert));
            }
        }
    }

    private static X509Certificate[] revokedOf(Client client) {
        boolean revoked =
                client.certificate().getSubjectX500Principal().getName().contains("Revoked");
        return revoked ? new X509Certificate[] {client.certificate()} : new X509Certificate[0];
    }

    @ParameterizedTest
    @CsvSource({"1_3, certificate required", "1_2, handshake failure"})
    void shouldRefuseOpensslWithoutACertificate(String version, String alert) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings(auth(true)));
                Tool tool = openssl(server, version, null)) {
            assertThat(tool.ends()).isTrue();
            assertThat(server.failure().reason()).isEqualTo(Reason.CLIENT_CERTIFICATE_MISSING);
            await().atMost(PATIENCE).until(() -> tool.hasPrinted("alert " + alert));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.3", "1.2"})
    void shouldServeCurlWithAndWhereOptionalWithoutACertificate(String version) throws Exception {
        Path pem = write("alice.pem", ROOT.client("CN=Alice").pem());
        try (HandshakeTestServer server = new HandshakeTestServer(settings(auth(false)))) {
            List<String> command = new ArrayList<>(List.of(
                    "curl",
                    "-sk",
                    "--max-time",
                    "10",
                    "--tlsv" + version,
                    "--tls-max",
                    version,
                    "https://localhost:" + server.port() + "/"));
            try (Tool without = Tool.run(command)) {
                assertThat(without.ends()).isTrue();
                assertThat(server.session().negotiated().client()).isNull();
            }
            command.addAll(List.of("--cert", pem.toString()));
            try (Tool with = Tool.run(command)) {
                assertThat(with.ends()).isTrue();
                assertThat(requireNonNull(server.session().negotiated().client())
                                .subject())
                        .isEqualTo("CN=Alice");
                await().atMost(PATIENCE).until(() -> with.hasPrinted("hello"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLS1.3", "TLS1.2"})
    void shouldLetGnutlsInWithItsCertificate(String version) throws Exception {
        // the JDK writes EC keys without their public half, which GnuTLS does not read
        Client alice = ROOT.client("CN=Alice", s -> s.key(TestCertificates.rsa(2048)));
        String pem = write("alice.pem", alice.pem()).toString();
        try (HandshakeTestServer server = new HandshakeTestServer(settings(auth(true)));
                Tool tool = Tool.run(List.of(
                        "gnutls-cli",
                        "--insecure",
                        "--priority",
                        "NORMAL:-VERS-ALL:+VERS-" + version,
                        "--x509certfile",
                        pem,
                        "--x509keyfile",
                        pem,
                        "--port",
                        "" + server.port(),
                        "127.0.0.1"))) {
            tool.type("ping from gnutls");

            assertThat(requireNonNull(server.session().negotiated().client()).subject())
                    .isEqualTo("CN=Alice");
            await().atMost(PATIENCE).until(() -> tool.hasPrinted("ping from gnutls"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldLetTheJdkInWithItsCertificate(String version) throws Exception {
        Client client = ROOT.client("CN=Alice", s -> s.key(TestCertificates.rsa(2048)));
        try (HandshakeTestServer server = new HandshakeTestServer(settings(auth(true)));
                Socket plain = new Socket(InetAddress.getLoopbackAddress(), server.port());
                SSLSocket socket = (SSLSocket)
                        jdk(client).getSocketFactory().createSocket(plain, "localhost", server.port(), true)) {
            socket.setEnabledProtocols(new String[] {version});
            socket.setSoTimeout(10_000);

            assertThat(JsseClient.echo(socket, new byte[1000])).hasSize(1000);
            assertThat(requireNonNull(server.session().negotiated().client()).subject())
                    .isEqualTo("CN=Alice");
        }
    }

    @Test
    void shouldRefuseARevokedClientOnceTheListIsReplaced() throws Exception {
        // Given Alice, whom no list names
        Client alice = ROOT.client("CN=Alice");
        Path crl = write("crl.pem", TestCa.pem(ROOT.crl()));
        ClientAuth auth = ClientAuth.load(true, List.of(ca()), crl, 1);
        try (HandshakeTestServer server = new HandshakeTestServer(settings(auth));
                Tool before = openssl(server, "1_3", alice)) {
            assertThat(server.session().negotiated().client()).isNotNull();

            // When the list names her
            Files.write(crl, ROOT.crl(alice.certificate()).getEncoded());
            auth.reload();

            // Then her connection lives on, and she gets no other
            before.type("ping of the living");
            await().atMost(PATIENCE).until(() -> before.hasPrinted("ping of the living"));
            try (Tool after = openssl(server, "1_3", alice)) {
                assertThat(after.ends()).isTrue();
                assertThat(server.failure().reason()).isEqualTo(Reason.CLIENT_CERTIFICATE_REVOKED);
            }
        }
    }

    private static HandshakeSettings settings(ClientAuth auth) {
        return TestSettings.DEFAULT.changed(builder -> builder.clientAuth(auth)).build();
    }

    private ClientAuth auth(boolean required) throws Exception {
        return ClientAuth.load(required, List.of(ca()), null, 1);
    }

    private Path ca() {
        return write("ca.pem", ROOT.pem());
    }

    private Path write(String name, String text) {
        return TestCertificates.write(dir.resolve(name), text);
    }

    private Tool openssl(HandshakeTestServer server, String version, @Nullable Client client) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("openssl", "s_client", "-connect", "127.0.0.1:" + server.port(), "-tls" + version));
        if (client != null) {
            String pem = write("client.pem", client.pem()).toString();
            command.addAll(List.of("-cert", pem, "-key", pem, "-cert_chain", pem));
        }
        return Tool.run(command);
    }

    private static SSLContext jdk(Client client) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry("client", client.key(), new char[0], client.chain().toArray(X509Certificate[]::new));
        keys.setCertificateEntry("server", TestSettings.P256.leaf());
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
        keyManagers.init(keys, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
        return context;
    }
}
