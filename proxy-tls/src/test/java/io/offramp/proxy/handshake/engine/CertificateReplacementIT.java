package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.handshake.certificate.CertificateDirectory;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.ListenerCertificates;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.certificate.TestStaples;
import io.offramp.proxy.reload.ReloadEvents;
import io.offramp.proxy.reload.ReloadOutcome;
import io.offramp.proxy.reload.Reloadable;
import io.offramp.proxy.reload.Reloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are replaced under a server that serves. */
class CertificateReplacementIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final KeyPair KEY = TestCertificates.ec("secp256r1");
    private static final KeyPair CA_KEY = TestCertificates.ec("secp256r1");
    private static final X509Certificate CA = TestCertificates.selfSigned(CA_KEY, "ca");

    @TempDir
    private Path dir;

    private HandshakeSettings settings;
    private ListenerCertificates certificates;

    @BeforeEach
    void loadDirectory() throws Exception {
        Tool.assumeInstalled("openssl");
        put("default.pem", issue("default.test"));
        put("a.pem", issue("a.test"));
        put("b.pem", issue("*.b.test"));
        certificates = ListenerCertificates.load("web", List.of(new CertificateDirectory(dir)));
        settings = HandshakeSettings.builder(certificates.identities(), Runnable::run)
                .build();
        certificates.publishTo(settings.identities()::replace);
    }

    @Test
    void shouldServeTheNewCertificateToNewConnectionsAndLeaveOpenOnesAlone() throws Exception {
        // Given
        try (Reloads reloads = new Reloads(new Ignored());
                HandshakeTestServer server = new HandshakeTestServer(settings);
                Tool open = openssl(server.port(), "a.test")) {
            await().atMost(PATIENCE).until(() -> open.hasPrinted(pem("a.test")));
            String before = pem("a.test");
            reloads.register(certificates);
            reloads.start();

            // When
            X509Certificate next = issue("a.test");
            put("a.pem", next);

            // Then
            await().atMost(PATIENCE).until(() -> pem("a.test").equals(TestCertificates.pem(next)));
            try (Tool fresh = openssl(server.port(), "a.test")) {
                await().atMost(PATIENCE).until(() -> fresh.hasPrinted(TestCertificates.pem(next)));
                assertThat(fresh.printed()).doesNotContain(before);
            }
            open.type("still here");
            await().atMost(PATIENCE).until(() -> open.hasPrinted("still here"));
        }
    }

    @Test
    void shouldChooseByNameFromADirectory() throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings)) {
            for (String[] each :
                    new String[][] {{"a.test", "a.test"}, {"x.b.test", "*.b.test"}, {"other.test", "default.test"}}) {
                try (Tool client = openssl(server.port(), each[0])) {
                    await().atMost(PATIENCE).until(() -> client.hasPrinted(pem(each[1])));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void shouldStapleForThoseWhoAsk(String version) throws Exception {
        try (HandshakeTestServer server = new HandshakeTestServer(settings)) {
            assertStatus(server, "OCSP response: no response sent", version, "-status");

            staple(Instant.now());
            assertStatus(server, "OCSP Response Status: successful (0x0)", version, "-status");
            try (Tool client = openssl(server.port(), "a.test", version)) {
                await().atMost(PATIENCE).until(() -> client.hasPrinted("Verify return code"));
                assertThat(client.printed()).doesNotContain("OCSP Response Status");
            }

            staple(Instant.now().minus(Duration.ofDays(2)));
            assertStatus(server, "OCSP response: no response sent", version, "-status");
        }
    }

    @Test
    void shouldSendAStapleThatGnutlsVerifies() throws Exception {
        staple(Instant.now());
        Path ca = TestCertificates.write(dir.resolve("ca.txt"), TestCertificates.pem(CA));
        try (HandshakeTestServer server = new HandshakeTestServer(settings);
                Tool client = Tool.run(List.of(
                        "gnutls-cli",
                        "--x509cafile",
                        ca.toString(),
                        "--sni-hostname",
                        "a.test",
                        "--verify-hostname",
                        "a.test",
                        "--port",
                        "" + server.port(),
                        "127.0.0.1"))) {
            await().atMost(PATIENCE).until(() -> client.hasPrinted("Handshake was completed"));
            assertThat(client.printed()).contains("The certificate is trusted", "OCSP status request");
        }
    }

    @Test
    void shouldReplaceAThousandTimesUnderLoadWithoutAnError() throws Exception {
        // Given
        List<X509Certificate> issued = IntStream.range(0, 50)
                .mapToObj(i -> TestCertificates.selfSigned(KEY, "s.test", "s.test"))
                .toList();
        List<String> pems = issued.stream()
                .map(each -> TestCertificates.pem(each) + TestCertificates.pkcs8(KEY.getPrivate()))
                .toList();
        putText("single", pems.getLast());
        ListenerCertificates single = ListenerCertificates.load(
                "web", List.of(CertificateFiles.of(dir.resolve("single"), dir.resolve("single"))));
        single.publishTo(settings.identities()::replace);
        Set<Certificate> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger connections = new AtomicInteger();
        try (HandshakeTestServer server = new HandshakeTestServer(settings);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                clients.add(threads.submit(() -> {
                    while (!ended.get()) {
                        seen.add(connect(server.port()));
                        connections.incrementAndGet();
                    }
                    return null;
                }));
            }

            // When
            for (int i = 0; i < 1_000; i++) {
                putText("single", pems.get(i % pems.size()));
                ReloadOutcome outcome = single.reload();
                assertThat(outcome.problems()).isEmpty();
                assertThat(outcome.changes()).hasSize(1);
            }
            ended.set(true);

            // Then
            for (Future<?> client : clients) {
                client.get();
            }
            assertThat(seen).isSubsetOf(issued);
            assertThat(seen.size())
                    .as("certificates seen in %s connections", connections)
                    .isGreaterThan(10);
            assertThat(connect(server.port())).isEqualTo(issued.getLast());
        }
    }

    private static Certificate connect(int port) throws IOException {
        try (SSLSocket socket = JsseClient.connect(port, parameters -> {})) {
            assertThat(JsseClient.echo(socket, new byte[] {1, 2, 3})).containsExactly(1, 2, 3);
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private void assertStatus(HandshakeTestServer server, String expected, String... options) throws IOException {
        try (Tool client = openssl(server.port(), "a.test", options)) {
            await().atMost(PATIENCE).until(() -> client.hasPrinted("Verify return code"));
            assertThat(client.printed()).contains(expected);
        }
    }

    private static Tool openssl(int port, String name, String... options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-servername", name));
        command.addAll(List.of(options));
        return Tool.run(command);
    }

    private void staple(Instant at) throws IOException {
        X509Certificate leaf = identity("a.test").leaf();
        Files.write(dir.resolve("a.pem.ocsp"), TestStaples.good(leaf, CA, CA_KEY, at));
        assertThat(certificates.reload().problems()).isEmpty();
    }

    /** What openssl prints of it. */
    private String pem(String name) {
        return TestCertificates.pem(identity(name).leaf());
    }

    private ServerIdentity identity(String name) {
        return settings.identities().all().stream()
                .filter(each -> each.names().contains(name))
                .findFirst()
                .orElseThrow();
    }

    private static X509Certificate issue(String name) {
        return TestCertificates.issue(KEY, name, CA_KEY, "ca", Instant.now(), name);
    }

    private void put(String file, X509Certificate leaf) throws IOException {
        putText(file, TestCertificates.pem(leaf, CA) + TestCertificates.pkcs8(KEY.getPrivate()));
    }

    private void putText(String file, String text) throws IOException {
        Path next = TestCertificates.write(dir.resolve(file + ".next"), text);
        Files.move(next, dir.resolve(file), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static final class Ignored implements ReloadEvents {
        @Override
        public void onReloaded(Reloadable what) {}

        @Override
        public void onReloadFailed(Reloadable what) {}
    }
}
