package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
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
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // pipes
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
        UpgradeRun upgrade = upgrade();
        upgrade.readToEnd();

        // Then
        assertThat(upgrade.lines()).last().asString().startsWith("done: ");
        assertThat(upgrade.exitCode()).isZero();
        assertThat(proxy.exitCode()).as("of the old process").isZero();
        assertThat(get()).startsWith("HTTP/1.1 200");
        assertThat(proxy.metric("offramp_handshakes_total", "resumed=\"true\"")).isEqualTo(1);
        assertThat(proxy.admin("GET", "/healthz/ready").statusCode()).isEqualTo(200);

        // Then it can be upgraded, too
        UpgradeRun again = upgrade();
        again.readToEnd();
        assertThat(again.exitCode()).isZero();
        assertThat(again.pid()).isNotEqualTo(upgrade.pid());
        assertThat(get()).startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldLetAnExchangeEndInTheOldProcess() throws Exception {
        try (SSLSocket client = request("/slow");
                Socket server = slow.accept()) {
            UpgradeRun upgrade = upgrade();
            upgrade.readUntil(" serves; ");

            assertThat(get()).as("from the new one, meanwhile").startsWith("HTTP/1.1 200");
            HeldRequest.end(server);
            assertThat(HeldRequest.head(client)).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
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

        UpgradeRun upgrade = upgrade();
        upgrade.readToEnd();

        assertThat(upgrade.lines()).last().asString().startsWith("failed: ").contains("ended with 3");
        assertThat(upgrade.exitCode()).isEqualTo(1);
        assertThat(get()).startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldSayAtOnceThatTheConfigurationIsWrong() throws Exception {
        Files.writeString(config, Files.readString(config) + "threads: many\n");

        UpgradeRun upgrade = upgrade();
        upgrade.readToEnd();

        assertThat(upgrade.exitCode()).isEqualTo(2);
        assertThat(upgrade.lines()).anyMatch(line -> line.contains("threads"));
        assertThat(proxy.hasLogged("upgrade:")).isFalse();
    }

    @Test
    void shouldGoOnIfTheNewProcessIsKilledWhileItStarts() throws Exception {
        UpgradeRun upgrade = upgrade();
        upgrade.readUntil(" starts");
        kill(upgrade.pid());
        upgrade.readToEnd();

        assertThat(upgrade.lines()).last().asString().startsWith("failed: ").contains("this process serves");
        assertThat(get()).startsWith("HTTP/1.1 200");
        assertThat(proxy.isAlive()).isTrue();
    }

    @Test
    void shouldServeAgainIfTheNewProcessIsKilledWhileTheOldOneDrains() throws Exception {
        try (SSLSocket client = request("/slow");
                Socket server = slow.accept()) {
            UpgradeRun upgrade = upgrade();
            upgrade.readUntil(" serves; ");
            kill(upgrade.pid());
            upgrade.readToEnd();

            assertThat(upgrade.lines()).last().asString().contains("this process serves again");
            assertThat(get()).startsWith("HTTP/1.1 200");
            assertThat(proxy.admin("GET", "/healthz/ready").statusCode()).isEqualTo(200);
            HeldRequest.end(server);
            assertThat(HeldRequest.head(client)).startsWith("HTTP/1.1 200");

            UpgradeRun again = upgrade();
            again.readToEnd();
            assertThat(again.exitCode()).isZero();
        }
    }

    @Test
    void shouldNotServeAgainIfTheNewProcessIsToldToEnd() throws Exception {
        try (SSLSocket client = request("/slow");
                Socket server = slow.accept()) {
            // Given
            UpgradeRun upgrade = upgrade();
            upgrade.readUntil(" serves; ");

            // When
            UpgradeRun again = upgrade();
            again.readToEnd();

            // Then
            assertThat(again.lines()).last().asString().startsWith("failed: ").contains("wait until it has ended");
            assertThat(again.exitCode()).isEqualTo(1);

            // When
            terminate(upgrade.pid());
            HeldRequest.end(server);

            // Then
            assertThat(HeldRequest.head(client)).startsWith("HTTP/1.1 200");
            upgrade.readToEnd();
            assertThat(upgrade.exitCode()).isZero();
            assertThat(proxy.exitCode()).isZero();
            assertThatThrownBy(this::get).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void shouldKeepTheRestOfItsTimeIfTheOldProcessIsToldToEnd() throws Exception {
        // Given
        proxy.close();
        String settings = Files.readString(config);
        Files.writeString(config, settings + "warmup: 60s\n");
        proxy = ProxyProcess.inShell(config, "", "export OFFRAMP_NO_CACHE=1", "");
        Files.writeString(config, settings);
        try (SSLSocket client = request("/slow");
                Socket server = slow.accept()) {
            UpgradeRun upgrade = upgrade();
            upgrade.readUntil(" serves; ");

            // When
            proxy.terminate();
            assertThat(get()).as("from the new one").startsWith("HTTP/1.1 200");
            HeldRequest.end(server);

            // Then
            assertThat(HeldRequest.head(client)).startsWith("HTTP/1.1 200");
            upgrade.readToEnd();
            assertThat(upgrade.exitCode()).isZero();
            assertThat(get()).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void shouldLoseNothingIfTheNewProcessIsToldToEndWhileItWarmsUp() throws Exception {
        // Given
        Files.writeString(config, Files.readString(config) + "warmup: 60s\n");
        UpgradeRun upgrade = upgrade();
        upgrade.readUntil(" has the sockets");
        await().atMost(LIMIT).until(() -> proxy.log().toString().split("serving;").length > 2);

        List<SSLSocket> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(request("/bytes/3"));
            assertThat(HeldRequest.head(clients.getLast())).startsWith("HTTP/1.1 200");
        }
        await().atMost(LIMIT).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            assertThat(niceValues(upgrade.pid(), "C2 CompilerThre"))
                    .as("of what goes on")
                    .containsOnly(nice());
            assertThat(niceValues(upgrade.pid(), "offramp-warmup")).containsOnly(nice() + 10);
        });

        // When
        terminate(upgrade.pid());
        upgrade.readToEnd();

        // Then
        for (SSLSocket each : clients) {
            each.getInputStream().skipNBytes(3);
            HeldRequest.ask(each, "/bytes/3");
            assertThat(HeldRequest.head(each)).as("of the process that is warm").startsWith("HTTP/1.1 200");
            each.close();
        }
        assertThat(upgrade.lines()).last().asString().contains("told to end", "this process serves on");
        assertThat(say("take 2")).startsWith("refused ");
        assertThat(get()).startsWith("HTTP/1.1 200");
    }

    /** Of this process, which others have from it. */
    private static int nice() throws IOException {
        return niceValues(ProcessHandle.current().pid(), "java").getFirst();
    }

    /** Of the threads with this name (proc_pid_stat(5)). */
    private static List<Integer> niceValues(long pid, String name) throws IOException {
        List<Integer> values = new ArrayList<>();
        try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path each : threads.toList()) {
                String stat = Files.readString(each.resolve("stat"));
                if (stat.contains("(" + name + ")")) {
                    values.add(Integer.valueOf(
                            stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]));
                }
            }
        }
        return values;
    }

    @Test
    void shouldNotBeUpgradedWhileItStops() throws Exception {
        try (SSLSocket client = request("/slow");
                Socket server = slow.accept()) {
            // Given
            proxy.terminate();
            await().atMost(LIMIT).until(() -> proxy.hasLogged("stopping:"));

            // When
            UpgradeRun upgrade = upgrade();
            upgrade.readToEnd();

            // Then
            assertThat(upgrade.lines()).last().asString().isEqualTo("failed: this process stops");
            HeldRequest.end(server);
            assertThat(HeldRequest.head(client)).startsWith("HTTP/1.1 200");
            assertThat(proxy.exitCode()).isZero();
            assertThatThrownBy(this::get).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void shouldServeIfTheOldProcessIsKilledMeanwhile() throws Exception {
        UpgradeRun upgrade = upgrade();
        upgrade.readUntil(" has the sockets");
        proxy.close();
        upgrade.readToEnd();

        assertThat(upgrade.lines()).last().asString().startsWith("done: ").contains("process " + upgrade.pid());
        assertThat(upgrade.exitCode()).isZero();
        assertThat(get()).as("waited in the backlog").startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldRefuseABuildThatSpeaksAnotherVersion() throws Exception {
        assertThat(say("take 3")).startsWith("refused ").contains("\"take 3\"", "version 2", "restart");
        assertThat(say("upgrade 3")).startsWith("failed: ").contains("\"upgrade 3\"");
    }

    @Test
    void shouldGiveNothingToAProcessThatItHasNotStarted() throws Exception {
        assertThat(say("take 2")).isEqualTo("refused no upgrade by this process is under way");
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

    private static void terminate(long pid) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroy();
        await().atMost(LIMIT).until(() -> !process.isAlive());
    }

    private static void kill(long pid) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        await().atMost(LIMIT).until(() -> !process.isAlive());
    }

    private String get() throws IOException {
        return HeldRequest.get(proxy.port());
    }

    private SSLSocket request(String path) throws IOException {
        return HeldRequest.send(proxy.port(), path);
    }

    private UpgradeRun upgrade() throws IOException {
        return new UpgradeRun(
                StartScript.start(StartScript.ofDistribution(), directory, "upgrade", config.toString()), started);
    }
}
