package io.offramp.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.Crowd;
import io.offramp.app.ProxyProcess;
import io.offramp.app.demo.DemoUpstream;
import io.offramp.app.e2e.Clients;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * A proxy in a process of its own, from the distribution, with a listener for each way in which records are protected,
 * and clients that make it show every name that it has: some names are there only once their event has happened.
 */
final class GoldenProxy implements AutoCloseable {
    private static final String AES = "TLS_AES_128_GCM_SHA256";
    private static final String CHACHA = "TLS_CHACHA20_POLY1305_SHA256";

    /** Enough for {@code auto} to move a connection into the device. */
    private static final int MOVING_BYTES = 4 << 20;

    /** So small a heap that some clients with long heads are too many. */
    private static final String JAVA_OPTS = "-Xmx40m -Dofframp.loop-turns=true";

    private static final int HEAD_BYTES = 30_000;
    private static final Path CA = Path.of("src/test/resources/golden/clients-ca.crt");
    private static final int TICKET_KEY_BYTES = 48;
    static final String TOKEN = "0123456789abcdef";

    private static final String CONFIG = """
            listeners:
              - name: files
                bind: 127.0.0.1:0
                tls: {cert: %1$s, keylog: keys.txt, tickets: {keys: [ticket.key]}, client-auth: {mode: optional, \
            ca: ca.pem}}
                upstream: demo
              - {name: hw, bind: 127.0.0.1:0, tls: {cert: %1$s}, upstream: demo, offload: {backend: device, tx: hw, \
            rx: hw}}
              - {name: auto, bind: 127.0.0.1:0, tls: {cert: %1$s}, upstream: demo, offload: {backend: device, \
            tx: auto, rx: auto}}
              - {name: owned, bind: 127.0.0.1:0, tls: {cert: %1$s}, upstream: demo, offload: {mode: hw-record}}
              - {name: kernel, bind: 127.0.0.1:0, tls: {cert: %1$s}, upstream: demo, offload: {backend: ktls, tx: hw, \
            rx: hw}}
              - {name: tcp, bind: 127.0.0.1:0, mode: tcp, tls: {cert: %1$s}, upstream: demo}
            upstreams: {demo: ["127.0.0.1:%2$d"]}
            admin: {bind: 127.0.0.1:0, token-file: admin.token}
            """;

    private final Path directory;
    private final DemoUpstream upstream;

    /** Its files, which it reads again on demand. */
    private final List<Path> files;

    private final ProxyProcess process;

    /** Starts it, and waits until it serves. Its files are in this directory. */
    GoldenProxy(Path directory) throws IOException {
        this.directory = directory;
        upstream = DemoUpstream.start(0);
        Path certificate = DevelopmentCertificate.create(directory);
        files = List.of(
                certificate,
                Files.copy(CA, directory.resolve("ca.pem")),
                Files.write(directory.resolve("ticket.key"), new byte[TICKET_KEY_BYTES]),
                Files.writeString(tokenFile(), TOKEN));
        Path config = Files.writeString(
                directory.resolve("offramp.yaml"), CONFIG.formatted(certificate.getFileName(), upstream.port()));
        process = ProxyProcess.inShell(config, JAVA_OPTS, "true", "--unsafe-keylog");
    }

    /** The list of connections with one in each mode, each of which has had an answer. */
    String serveEveryMode() throws Exception {
        List<Integer> ports = process.ports();
        assertThat(ports).hasSize(6);
        for (int port : ports) {
            try (SSLSocket socket = connect(port, AES)) {
                Clients.getHash(socket, "/bytes/" + MOVING_BYTES);
            }
        }
        try (SSLSocket declined = connect(ports.get(1), CHACHA)) {
            Clients.getHash(declined, "/bytes/1000");
            return page("/connections");
        }
    }

    /** Clients that are refused, a ticket that nobody knows any more, files that cannot be read again. */
    void haveTroubles() throws Exception {
        List<Integer> ports = process.ports();
        say(ports.getFirst(), "GET / HTTP/1.1\r\n\r\n"); // no ClientHello
        say(process.adminPort(), "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n"); // none of its names
        loseTickets(ports.getFirst());
        for (Path file : files) {
            Files.writeString(file, "broken");
        }
        assertThat(ask("POST", "/reload").statusCode()).isEqualTo(409);
    }

    /** Clients leave their heads unfinished until memory is short. */
    void runShortOfMemory() throws Exception {
        try (Crowd crowd = new Crowd(process.port())) {
            await("something given up").atMost(1, TimeUnit.MINUTES).until(() -> {
                for (int i = 0; i < 20; i++) {
                    crowd.beginHead(HEAD_BYTES);
                }
                return page("/metrics").contains("offramp_shed_total");
            });
        }
    }

    /** When all clients have gone, and everything is counted. */
    String pageAtRest(String path) throws Exception {
        await().until(() -> page("/connections").strip().matches("\\[\\s*]"));
        return page(path);
    }

    String page(String path) throws IOException, InterruptedException {
        return ask("GET", path).body();
    }

    private HttpResponse<String> ask(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + TOKEN)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Where its admin endpoint listens. */
    String admin() {
        return "127.0.0.1:" + process.adminPort();
    }

    /** With the token that it asks for. */
    Path tokenFile() {
        return directory.resolve("admin.token");
    }

    /** What it has printed so far, on standard output and standard error. */
    List<String> printed() {
        return List.copyOf(process.log());
    }

    private static SSLSocket connect(int port, String suite) throws IOException {
        return Clients.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "TLSv1.3", suite);
    }

    /** Replaces the ticket key twice, which leaves nothing of the first, whose ticket a client then offers. */
    private void loseTickets(int port) throws Exception {
        for (byte first : new byte[] {1, 2}) {
            byte[] key = new byte[TICKET_KEY_BYTES];
            key[0] = first;
            Files.write(directory.resolve("ticket.key"), key);
            assertThat(ask("POST", "/reload").statusCode()).isEqualTo(200);
        }
        connect(port, AES).close();
    }

    /** Says something in plain text and reads to the end of what comes. */
    private static void say(int port, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
        }
    }

    @Override
    public void close() {
        process.close();
        upstream.close();
    }
}
