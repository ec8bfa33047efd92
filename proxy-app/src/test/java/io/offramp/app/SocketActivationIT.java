package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.app.e2e.Clients;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process under systemd's tool: it inherits the listening socket, with a connection in its backlog, and notifies. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SocketActivationIT {
    private static final Path TOOL = Path.of("/usr/bin/systemd-socket-activate");

    /** In the place of systemd: prints what it is told, a line for each datagram. */
    private static final String MANAGER = """
            import socket, sys
            manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            manager.bind(sys.argv[1])
            print('bound', flush=True)
            while True:
                print(manager.recv(1024).decode().replace('\\n', ' '), flush=True)
            """;

    private final List<Process> processes = new ArrayList<>();

    @TempDir
    private Path directory;

    @BeforeEach
    void needsTools() {
        assumeTrue(Files.isExecutable(TOOL), TOOL + " is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldServeTheConnectionThatHasStartedItAndNotify() throws Exception {
        int port = freePort();
        Path notify = directory.resolve("notify");
        BufferedReader manager =
                started("python3", "-c", MANAGER, notify.toString()).inputReader();
        assertThat(manager.readLine()).isEqualTo("bound");
        try (DemoUpstream upstream = DemoUpstream.start(0)) {
            DevelopmentCertificate.create(directory);
            Path config = Files.writeString(directory.resolve("offramp.yaml"), """
                    listeners:
                      - {bind: "127.0.0.1:%d", upstream: "127.0.0.1:%d", tls: {cert: %s}}
                    """.formatted(
                            port, upstream.port(), DevelopmentCertificate.FILE_NAME));
            Process proxy = started(
                    "env",
                    "--default-signal=HUP,INT,TERM",
                    TOOL.toString(),
                    "-E",
                    "NOTIFY_SOCKET=" + notify,
                    "-l",
                    "127.0.0.1:" + port,
                    StartScript.ofDistribution().toString(),
                    "run",
                    config.toString());
            List<String> log = Collections.synchronizedList(new ArrayList<>());
            Thread.ofVirtual().start(() -> proxy.inputReader().lines().forEach(log::add));

            assertThat(get(port)).startsWith("HTTP/1.1 200");
            assertThat(get(port)).startsWith("HTTP/1.1 200");
            assertThat(log).anyMatch(line -> line.contains("listening on 127.0.0.1:" + port));

            assertThat(manager.readLine()).isEqualTo("READY=1 STATUS=serving");
            signal(proxy, "HUP");
            assertThat(manager.readLine()).startsWith("RELOADING=1 MONOTONIC_USEC=");
            assertThat(manager.readLine()).isEqualTo("READY=1 STATUS=serving");
            signal(proxy, "TERM");
            assertThat(manager.readLine()).isEqualTo("STOPPING=1 STATUS=draining");
            assertThat(proxy.waitFor()).isZero();
        }
    }

    private Process started(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    /** Connects before there is a process that accepts. */
    private static String get(int port) throws IOException {
        Socket connected = await().until(() -> connect(port), socket -> socket != null);
        try (SSLSocket socket =
                (SSLSocket) Clients.trustsAll().getSocketFactory().createSocket(connected, "localhost", port, true)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write("GET /bytes/3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private static @Nullable Socket connect(int port) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return socket;
        } catch (IOException e) { // the tool does not listen yet
            return null;
        }
    }

    private static void signal(Process process, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
