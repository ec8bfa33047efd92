package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processes that share a certificate and a file with ticket keys, behind HAProxy in TCP mode. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TwoInstancesIT {
    private static final int CLIENTS = 10;

    @TempDir
    private Path dir;

    private DemoUpstream upstream;
    private Path certificate;
    private ProxyProcess one;
    private ProxyProcess other;
    private Process balancer;
    private int port;

    @BeforeEach
    void start() throws Exception {
        for (String tool : List.of("openssl", "haproxy")) {
            boolean found = Arrays.stream((System.getenv("PATH") + ":/usr/sbin").split(":"))
                    .anyMatch(d -> Files.isExecutable(Path.of(d, tool)));
            assumeTrue(found, tool + " is not installed");
        }
        upstream = DemoUpstream.start(0);
        certificate = DevelopmentCertificate.create(dir);
        byte[] key = new byte[80];
        new SecureRandom().nextBytes(key);
        Files.write(dir.resolve("ticket.key"), key);
        one = instance("one");
        other = instance("other");
        balancer = balancer();
    }

    @AfterEach
    void stop() throws Exception {
        if (balancer != null) {
            balancer.destroyForcibly().waitFor();
        }
        for (ProxyProcess instance : Arrays.asList(one, other)) {
            if (instance != null) {
                instance.close();
            }
        }
        if (upstream != null) {
            upstream.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    void shouldResumeWhicheverInstanceAClientReaches(String version) throws Exception {
        Process client = new ProcessBuilder(
                        "openssl",
                        "s_time",
                        "-connect",
                        "127.0.0.1:" + port,
                        version,
                        "-reuse",
                        "-time",
                        "2",
                        "-www",
                        "/bytes/100")
                .redirectErrorStream(true)
                .start();
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(client.waitFor()).as(output).isZero();

        // it prints one letter for each connection: r for a resumed one, * for another
        String letters = output.lines()
                .filter(line -> line.matches("[r*t]+"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(output));
        assertThat(letters).hasSizeGreaterThan(20).doesNotContain("*", "t");
        assertThat(one.metric("offramp_handshakes_total", "resumed=\"true\"")).isGreaterThan(8);
        assertThat(other.metric("offramp_handshakes_total", "resumed=\"true\"")).isGreaterThan(8);
        assertThat(one.metric("offramp_tickets_refused_total", "reason")).isZero();
        assertThat(other.metric("offramp_tickets_refused_total", "reason")).isZero();
    }

    @Test
    void shouldLoseNoMoreThanTheConnectionsOfAKilledInstance() throws Exception {
        List<SSLSocket> clients = new ArrayList<>();
        Path session = dir.resolve("session.pem");
        openssl(one.port(), "-sess_out", session);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(connect());
            assertThat(answers(clients.getLast())).isTrue();
        }
        assertThat(openOf(other)).as("both have some").isBetween(1, CLIENTS - 1);
        int others = openOf(other);

        one.close();

        assertThat(clients.stream().filter(TwoInstancesIT::answers)).hasSize(others);
        assertThat(openssl(other.port(), "-sess_in", session)).contains("Reused, TLSv1.3");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(openssl(port, "-sess_in", session)).contains("Reused"));
        one = instance("one");
        assertThat(openssl(one.port(), "-sess_in", session))
                .as("after a restart")
                .contains("Reused, TLSv1.3");
        for (SSLSocket client : clients) {
            client.close();
        }
    }

    private ProxyProcess instance(String name) throws IOException {
        Path config = Files.writeString(dir.resolve(name + ".yaml"), """
                listeners:
                  - name: web
                    bind: 127.0.0.1:0
                    tls: {cert: %s, tickets: {keys: ticket.key}}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                threads: 1
                """.formatted(certificate, upstream.port()));
        return new ProxyProcess(config);
    }

    private Process balancer() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path config = Files.writeString(dir.resolve("haproxy.cfg"), """
                defaults
                    mode tcp
                    timeout connect 2s
                    timeout client 60s
                    timeout server 60s
                    option redispatch
                listen tls
                    bind 127.0.0.1:%d
                    balance roundrobin
                    server one 127.0.0.1:%d check inter 200ms
                    server other 127.0.0.1:%d check inter 200ms
                """.formatted(port, one.port(), other.port()));
        ProcessBuilder builder = new ProcessBuilder("haproxy", "-db", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("haproxy.log").toFile());
        builder.environment().merge("PATH", "/usr/sbin", (path, more) -> path + ":" + more);
        Process started = builder.start();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !started.isAlive() || openssl(port).contains("TLSv1.3"));
        return started;
    }

    /** Client connections with a complete handshake: HAProxy's checks have none. */
    private static int openOf(ProxyProcess instance) throws Exception {
        return (int) instance.admin("GET", "/connections")
                .body()
                .lines()
                .filter(line -> line.contains("\"version\""))
                .count();
    }

    private SSLSocket connect() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "it", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static boolean answers(SSLSocket socket) {
        try {
            socket.getOutputStream()
                    .write("GET /bytes/10 HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[12];
            return socket.getInputStream().readNBytes(answer, 0, answer.length) == answer.length
                    && drained(socket)
                    && new String(answer, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    /** Reads to the end of the head, and the ten bytes behind it. */
    private static boolean drained(SSLSocket socket) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return false;
            }
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return socket.getInputStream().readNBytes(10).length == 10;
    }

    /** Asks for a page and returns the whole output of openssl. */
    private static String openssl(int port, Object... session) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("openssl", "s_client", "-tls1_3", "-ign_eof", "-connect", "127.0.0.1:" + port));
        Arrays.stream(session).map(Object::toString).forEach(command::add);
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream in = client.getOutputStream()) {
            in.write("GET /bytes/10 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        }
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        client.waitFor();
        return output;
    }
}
