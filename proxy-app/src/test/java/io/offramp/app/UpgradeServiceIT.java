package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that follow one another, as the rest of the machine sees them: one service. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // pipes
class UpgradeServiceIT {
    @TempDir
    private Path directory;

    private Path config;
    private DemoUpstream upstream;
    /** Answers when a test does. */
    private ServerSocket slow;

    private UnitManager manager;
    private ProxyProcess proxy;
    private final List<Long> started = new ArrayList<>();

    @BeforeAll
    static void needsEpollAndPython() {
        assumeTrue(Epoll.isAvailable(), "no epoll");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
    }

    @BeforeEach
    void start() throws Exception {
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
                pid-file: offramp.pid
                timeouts: {drain: 60s}
                """.formatted(
                        DevelopmentCertificate.FILE_NAME, slow.getLocalPort(), upstream.port()));
        Path notify = directory.resolve("notify");
        manager = new UnitManager(notify);
        proxy = ProxyProcess.inShell(
                config,
                "",
                "export OFFRAMP_NO_CACHE=1 WATCHDOG_USEC=400000 WATCHDOG_PID=$$ NOTIFY_SOCKET=" + notify,
                "");
        manager.start(proxy.pid());
    }

    @AfterEach
    void stop() throws Exception {
        started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        proxy.close();
        manager.close();
        upstream.close();
        slow.close();
    }

    @Test
    void shouldBeOneServiceForTheManagerAndForThePidFile() throws Exception {
        // Given
        assertThat(manager.await("READY=1").sender()).isEqualTo(proxy.pid());
        assertThat(manager.await("WATCHDOG=1").sender()).isEqualTo(proxy.pid());
        assertThat(pidFile()).hasContent(proxy.pid() + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(pidFile())))
                .isEqualTo("rw-r--r--");

        try (SSLSocket client = HeldRequest.send(proxy.port(), "/slow");
                Socket server = slow.accept()) {
            // When
            UpgradeRun first = upgrade();
            first.readUntil(" serves; ");

            // Then
            manager.await("MAINPID=" + first.pid() + " READY=1");
            assertThat(manager.await("WATCHDOG=1").sender()).isEqualTo(first.pid());
            assertThat(pidFile()).hasContent(first.pid() + "\n");

            // When
            ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
            first.readToEnd();

            // Then
            assertThat(manager.await("MAINPID=" + proxy.pid() + " READY=1").sender())
                    .as("the main process has died, so another says it")
                    .isEqualTo(proxy.pid());
            assertThat(manager.mainPid()).isEqualTo(proxy.pid());
            assertThat(manager.await("WATCHDOG=1").sender()).isEqualTo(proxy.pid());
            await().untilAsserted(() -> assertThat(pidFile()).hasContent(proxy.pid() + "\n"));
            HeldRequest.end(server);
            assertThat(HeldRequest.head(client)).startsWith("HTTP/1.1 200");
        }

        // When
        UpgradeRun second = upgrade();
        second.readToEnd();

        // Then
        assertThat(second.exitCode()).isZero();
        assertThat(proxy.exitCode()).isZero();
        assertThat(pidFile()).as("of another process").hasContent(second.pid() + "\n");
        assertThat(proxy.metric("offramp_upgrades_total", "failure")).isEqualTo(1);
        assertThat(proxy.metric("offramp_upgrades_total", "success")).isEqualTo(1);

        // When
        ProcessHandle last = ProcessHandle.of(second.pid()).orElseThrow();
        last.destroy();

        // Then
        assertThat(manager.await("STOPPING=1").sender()).isEqualTo(second.pid());
        last.onExit().join();
        assertThat(pidFile()).doesNotExist();
    }

    @Test
    void shouldResumeSessionsOfTls12ThatHaveNoTicket() throws Exception {
        // Given
        Path session = directory.resolve("session.pem");
        assertThat(openssl("-sess_out", session.toString())).contains("New, TLSv1.2");

        // When
        UpgradeRun upgrade = upgrade();
        upgrade.readToEnd();

        // Then
        assertThat(upgrade.exitCode()).isZero();
        assertThat(openssl("-sess_in", session.toString())).contains("Reused, TLSv1.2");
        assertThat(proxy.metric("offramp_upgrades_total", "success")).isEqualTo(1);
    }

    @Test
    void shouldNotStartIfThePidFileCannotBeWritten() throws Exception {
        Files.writeString(config, Files.readString(config).replace("offramp.pid", "missing/offramp.pid"));

        StartScript.Outcome run = StartScript.run(StartScript.ofDistribution(), directory, "run", config.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("pid-file " + directory.resolve("missing/offramp.pid"), "cannot write in");
    }

    private Path pidFile() {
        return directory.resolve("offramp.pid");
    }

    private String openssl(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("openssl", "s_client", "-connect", "127.0.0.1:" + proxy.port(), "-tls1_2", "-no_ticket"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .start();
        return StartScript.end(process).output();
    }

    private UpgradeRun upgrade() throws IOException {
        return new UpgradeRun(
                StartScript.start(StartScript.ofDistribution(), directory, "upgrade", config.toString()), started);
    }
}
