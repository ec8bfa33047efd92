package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.app.demo.DemoUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An upgrade in which both processes accept for a while. Only the new one has servers: the old one answers with 502.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // pipes
class UpgradeOverlapIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String OF_OLD = "HTTP/1.1 502";
    private static final String OF_NEW = "HTTP/1.1 200";

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
        config = directory.resolve("offramp.yaml");
        configure(1, 1, 0);
        proxy = ProxyProcess.inShell(config, "", "export OFFRAMP_NO_CACHE=1", "");
    }

    /** Until the new process accepts. */
    private UpgradeRun upgrade(int seconds) throws IOException {
        configure(slow.getLocalPort(), upstream.port(), seconds);
        UpgradeRun upgrade = run();
        upgrade.readUntil(" has the sockets");
        await().atMost(LIMIT).until(() -> get().startsWith(OF_NEW));
        return upgrade;
    }

    private UpgradeRun run() throws IOException {
        return new UpgradeRun(
                StartScript.start(StartScript.ofDistribution(), directory, "upgrade", config.toString()), started);
    }

    private void configure(int slowPort, int port, int overlap) throws IOException {
        Files.writeString(config, """
                listeners:
                  - bind: "127.0.0.1:0"
                    tls: off
                    routes: [{path: /slow, upstream: "127.0.0.1:%d"}]
                    upstream: "127.0.0.1:%d"
                admin: {bind: "127.0.0.1:0"}
                upgrade-socket: upgrade.sock
                pid-file: proxy.pid
                timeouts: {drain: 12s, drain-delay: 5s}
                upgrade-overlap: %ds
                """.formatted(slowPort, port, overlap));
    }

    @AfterEach
    void stop() throws Exception {
        started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        proxy.close();
        upstream.close();
        slow.close();
    }

    @Test
    void shouldAcceptInBoth() throws Exception {
        upgrade(60);

        await().atMost(LIMIT).until(() -> get().startsWith(OF_OLD));
        await().atMost(LIMIT).until(() -> get().startsWith(OF_NEW));
        assertThat(proxy.admin("GET", "/healthz/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldGoOnIfTheNewProcessIsKilled() throws Exception {
        UpgradeRun upgrade = upgrade(60);

        next(upgrade).destroyForcibly();
        upgrade.readToEnd();

        assertThat(upgrade.lines()).last().asString().startsWith("failed: ").contains("this process serves on");
        for (int i = 0; i < 20; i++) {
            assertThat(get()).startsWith(OF_OLD);
        }
    }

    @Test
    void shouldServeByTheNewProcessIfTheOldOneIsKilled() throws Exception {
        UpgradeRun upgrade = upgrade(60);

        proxy.close();
        upgrade.readToEnd();

        assertThat(upgrade.lines()).last().asString().startsWith("done: ").contains("process " + upgrade.pid());
        assertThat(upgrade.exitCode()).isZero();
        for (int i = 0; i < 20; i++) {
            assertThat(get()).startsWith(OF_NEW);
        }
    }

    @Test
    void shouldLetTheNewProcessEndItsRequestsIfItIsToldToEnd() throws Exception {
        UpgradeRun upgrade = upgrade(60);
        try (Exchange exchange = ofNew()) {
            next(upgrade).destroy();
            upgrade.readToEnd();

            assertThat(upgrade.lines()).last().asString().contains("told to end", "this process serves on");
            assertThat(get()).startsWith(OF_OLD);
            exchange.end();
        }
    }

    @Test
    void shouldNotTakeOverIfTheNewProcessIsToldToEnd() throws Exception {
        UpgradeRun upgrade = upgrade(10);
        try (Exchange cut = ofNew()) { // behind the overlap
            next(upgrade).destroy();
            upgrade.readToEnd();
            await().atMost(LIMIT).until(() -> ProcessHandle.of(upgrade.pid()).isEmpty());

            assertThat(cut.client().getInputStream().read()).isNegative();
            assertThat(get()).startsWith(OF_OLD);
            assertThat(proxy.admin("GET", "/healthz/ready").statusCode()).isEqualTo(200);
            assertThat(directory.resolve("proxy.pid")).hasContent(Long.toString(proxy.pid()));
        }
        UpgradeRun again = run();
        again.readToEnd();
        assertThat(again.exitCode()).as("%s", again.lines()).isZero();
        assertThat(get()).startsWith(OF_NEW);
    }

    @Test
    void shouldLetTheNewProcessEndItsRequestsIfTheOldOneIsToldToEnd() throws Exception {
        UpgradeRun upgrade = upgrade(60);
        try (Exchange exchange = ofNew()) {
            proxy.terminate();

            upgrade.readToEnd();
            assertThat(upgrade.lines()).last().asString().startsWith("failed: ").contains("this process stops");
            assertThat(upgrade.exitCode()).isEqualTo(1);
            exchange.end();
            assertThat(proxy.exitCode()).isZero();
            assertThat(ProcessHandle.of(upgrade.pid())).isEmpty();
        }
    }

    @Test
    void shouldNotLeaveANewProcessThatIsStuckIfTheOldOneIsToldToEnd() throws Exception {
        UpgradeRun upgrade = upgrade(60);
        int stopped = new ProcessBuilder("kill", "-STOP", Long.toString(upgrade.pid()))
                .start()
                .waitFor();
        assertThat(stopped).isZero();

        proxy.terminate();

        assertThat(proxy.exitCode()).isZero();
        assertThat(ProcessHandle.of(upgrade.pid())).isEmpty();
        new ServerSocket(proxy.port(), 1, InetAddress.getLoopbackAddress()).close();
    }

    /** The process that is to take the place of the other. */
    private static ProcessHandle next(UpgradeRun upgrade) {
        return ProcessHandle.of(upgrade.pid()).orElseThrow();
    }

    private String get() throws IOException {
        try (Socket client = ask("/bytes/3")) {
            return HeldRequest.head(client);
        }
    }

    private Socket ask(String path) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout((int) LIMIT.toMillis());
        HeldRequest.ask(client, path);
        return client;
    }

    /** One that has reached its server. */
    private Exchange ofNew() {
        CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> {
            try {
                return slow.accept();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        return await().atMost(LIMIT)
                .until(
                        () -> {
                            Socket client = ask("/slow");
                            await().atMost(LIMIT)
                                    .until(() -> client.getInputStream().available() > 0 || accepted.isDone());
                            if (client.getInputStream().available() == 0) {
                                return new Exchange(client, accepted.join());
                            }
                            client.close();
                            return null;
                        },
                        Objects::nonNull);
    }

    private record Exchange(Socket client, Socket server) implements AutoCloseable {
        void end() throws IOException {
            HeldRequest.end(server);
            assertThat(HeldRequest.head(client)).startsWith(OF_NEW).containsIgnoringCase("connection: close");
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }
}
