package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upgrade whose old process is killed before the new one has reached it. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // pipes
class OldProcessKilledIT {
    @TempDir
    private Path directory;

    private Path config;
    private ProxyProcess proxy;
    private final List<Long> started = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Epoll.isAvailable(), "no epoll");
        DevelopmentCertificate.create(directory);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        config = Files.writeString(
                directory.resolve("offramp.yaml"), """
                listeners:
                  - {bind: "127.0.0.1:%d", tls: {cert: %s}, upstream: "127.0.0.1:1"}
                admin: {bind: "127.0.0.1:0"}
                upgrade-socket: upgrade.sock
                """.formatted(port, DevelopmentCertificate.FILE_NAME));
        proxy = ProxyProcess.inShell(config, "", "export OFFRAMP_NO_CACHE=1", "");
    }

    @AfterEach
    void stop() {
        started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        proxy.close();
    }

    @Test
    void shouldServeByTheNewProcess() throws Exception {
        UpgradeRun upgrade = upgrade();
        upgrade.readUntil(" starts");
        proxy.close();
        upgrade.readToEnd();

        assertThat(HeldRequest.get(proxy.port())).as("no server").startsWith("HTTP/1.1 502");
        assertThat(upgrade.lines()).last().asString().startsWith("done: ").contains("process " + upgrade.pid());
        assertThat(upgrade.exitCode()).isZero();
    }

    @Test
    void shouldSayThatNobodyServesIfBothAreKilled() throws Exception {
        UpgradeRun upgrade = upgrade();
        upgrade.readUntil(" starts");
        ProcessHandle next = ProcessHandle.of(upgrade.pid()).orElseThrow();
        proxy.close();
        next.destroyForcibly();
        upgrade.readToEnd();

        assertThat(upgrade.lines()).last().asString().startsWith("failed: ").contains("no process answers");
        assertThat(upgrade.exitCode()).isEqualTo(1);
    }

    private UpgradeRun upgrade() throws Exception {
        return new UpgradeRun(
                StartScript.start(StartScript.ofDistribution(), directory, "upgrade", config.toString()), started);
    }
}
