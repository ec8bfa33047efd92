package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.app.demo.DemoUpstream;
import io.offramp.app.e2e.Clients;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process takes the place of another, and either may be killed meanwhile. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class UpgradeIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private Path config;
    private DemoUpstream upstream;
    /** Answers when a test does. */
    private ServerSocket slow;

    private ProxyProcess proxy;
    private final List<Long> started = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Epoll.isAvailable(), "no epoll");
        upstream = DemoUpstream.start(0);
        slow = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        DevelopmentCertificate.create(directory);
        config = Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - bind: "127.0.0.1:0"
                    tls: {cert: %s}
                    routes: [{path: /slow, upstream: "127.0.0.1:%d"}]
                    upstream: "127.0.0.1:%d"
                admin: {bind: "127.0.0.1:0"}
                upgrade-socket: upgrade.sock
                timeouts: {drain: 20s}
                """.formatted(
                        DevelopmentCertificate.FILE_NAME, slow.getLocalPort(), upstream.port()));
        // Java closes a pipe when its first writer ends. The script of a later process must have nothing to say there.
        proxy = ProxyProcess.inShell(config, "", "export OFFRAMP_NO_CACHE=1", "");
    }

    @AfterEach
    void stop() throws Exception {
        started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        proxy.close();
        upstream.close();
        slow.close();
    }

    @Test
    void shouldServeOnTheSameSocketsWithTheSameTicketKeys() throws Exception {
        // Given
        assertThat(get()).as("with a ticket").startsWith("HTTP/1.1 200");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");

        // When
        Run upgrade = upgrade();
        upgrade.readToEnd();

        // Then
        assertThat(upgrade.lines).last().asString().startsWith("done: ");
        assertThat(upgrade.exitCode()).isZero();
        assertThat(proxy.exitCode()).as("of the old process").isZero();
        assertThat(get()).startsWith("HTTP/1.1 200");
        assertThat(proxy.metric("offramp_handshakes_total", "resumed=\"true\"")).isEqualTo(1);
        assertThat(proxy.admin("GET", "/healthz/ready").statusCode()).isEqualTo(200);

        // Then it can be upgraded, too
        Run again = upgrade();
        again.readToEnd();
        assertThat(again.exitCode()).isZero();
        assertThat(again.pid()).isNotEqualTo(upgrade.pid());
        assertThat(get()).startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldLetAnExchangeEndInTheOldProcess() throws Exception {
        try (SSLSocket client = request("/slow");
                Socket server = slow.accept()) {
            Run upgrade = upgrade();
            upgrade.readUntil(" serves; ");

            assertThat(get()).as("from the new one, meanwhile").startsWith("HTTP/1.1 200");
            end(server);
            assertThat(answer(client)).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
            upgrade.readToEnd();
            assertThat(upgrade.exitCode()).isZero();
        }
    }

    @Test
    void shouldGoOnIfTheNewProcessDoesNotStart() throws Exception {
        proxy.close();
        Path fake = Files.writeString(directory.resolve("fake"), "#!/bin/sh\nexit 3\n");
        Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwx------"));
        proxy = ProxyProcess.inShell(config, "-Dofframp.script=" + fake, "true", "");

        Run upgrade = upgrade();
        upgrade.readToEnd();

        assertThat(upgrade.lines).last().asString().startsWith("failed: ").contains("ended with 3");
        assertThat(upgrade.exitCode()).isEqualTo(1);
        assertThat(get()).startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldSayAtOnceThatTheConfigurationIsWrong() throws Exception {
        Files.writeString(config, Files.readString(config) + "threads: many\n");

        Run upgrade = upgrade();
        upgrade.readToEnd();

        assertThat(upgrade.exitCode()).isEqualTo(2);
        assertThat(upgrade.lines).anyMatch(line -> line.contains("threads"));
        assertThat(proxy.hasLogged("upgrade:")).isFalse();
    }

    @Test
    void shouldGoOnIfTheNewProcessIsKilledWhileItStarts() throws Exception {
        Run upgrade = upgrade();
        upgrade.readUntil(" starts");
        kill(upgrade.pid());
        upgrade.readToEnd();

        assertThat(upgrade.lines).last().asString().startsWith("failed: ").contains("this process serves");
        assertThat(get()).startsWith("HTTP/1.1 200");
        assertThat(proxy.isAlive()).isTrue();
    }

    @Test
    void shouldServeAgainIfTheNewProcessIsKilledWhileTheOldOneDrains() throws Exception {
        try (SSLSocket client = request("/slow");
                Socket server = slow.accept()) {
            Run upgrade = upgrade();
            upgrade.readUntil(" serves; ");
            kill(upgrade.pid());
            upgrade.readToEnd();

            assertThat(upgrade.lines).last().asString().contains("this process serves again");
            assertThat(get()).startsWith("HTTP/1.1 200");
            assertThat(proxy.admin("GET", "/healthz/ready").statusCode()).isEqualTo(200);
            end(server);
            assertThat(answer(client)).startsWith("HTTP/1.1 200");

            Run again = upgrade();
            again.readToEnd();
            assertThat(again.exitCode()).isZero();
        }
    }

    @Test
    void shouldServeIfTheOldProcessIsKilledMeanwhile() throws Exception {
        Run upgrade = upgrade();
        upgrade.readUntil(" has the sockets");
        proxy.close();
        upgrade.readToEnd();

        assertThat(upgrade.lines).last().asString().startsWith("failed: ");
        assertThat(get()).as("waited in the backlog").startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldRefuseABuildThatSpeaksAnotherVersion() throws Exception {
        assertThat(say("take 2")).startsWith("refused ").contains("\"take 2\"", "version 1", "restart");
        assertThat(say("upgrade 2")).startsWith("failed: ").contains("\"upgrade 2\"");
    }

    @Test
    void shouldGiveNothingToAProcessThatItHasNotStarted() throws Exception {
        assertThat(say("take 1")).isEqualTo("refused no upgrade by this process is under way");
        await().atMost(LIMIT).until(() -> proxy.hasLogged("nobody has started it for that"));
        assertThat(get()).startsWith("HTTP/1.1 200");
    }

    private String say(String greeting) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            channel.write(ByteBuffer.wrap((greeting + "\n").getBytes(US_ASCII)));
            return new BufferedReader(Channels.newReader(channel, US_ASCII)).readLine();
        }
    }

    private Path socket() {
        return directory.resolve("upgrade.sock");
    }

    private static void kill(long pid) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        await().atMost(LIMIT).until(() -> !process.isAlive());
    }

    private String get() throws IOException {
        try (SSLSocket socket = request("/bytes/3")) {
            return answer(socket);
        }
    }

    private SSLSocket request(String path) throws IOException {
        SSLSocket socket = (SSLSocket) Clients.trustsAll().getSocketFactory().createSocket("127.0.0.1", proxy.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(US_ASCII));
        return socket;
    }

    private static void end(Socket server) throws IOException {
        server.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
    }

    /** The head of an answer. */
    private static String answer(SSLSocket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("%s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    private Run upgrade() throws IOException {
        return new Run(StartScript.start(StartScript.ofDistribution(), directory, "upgrade", config.toString()));
    }

    /** {@code offramp upgrade}. */
    private final class Run {
        private final Process process;
        private final BufferedReader reader;
        private final List<String> lines = new ArrayList<>();

        Run(Process process) {
            this.process = process;
            this.reader = process.inputReader();
        }

        void readUntil(String part) throws IOException {
            do {
                String line = reader.readLine();
                assertThat(line).as("%s", lines).isNotNull();
                lines.add(line);
                if (line.endsWith(" starts")) {
                    started.add(pid());
                }
            } while (!lines.getLast().contains(part));
        }

        void readToEnd() throws IOException {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (line.endsWith(" starts")) {
                    started.add(pid());
                }
            }
        }

        long pid() {
            return lines.stream()
                    .filter(line -> line.endsWith(" starts"))
                    .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                    .findFirst()
                    .orElseThrow();
        }

        int exitCode() throws InterruptedException {
            return process.waitFor();
        }
    }
}
