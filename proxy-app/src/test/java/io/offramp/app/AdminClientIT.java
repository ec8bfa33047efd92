package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.admin.AdminServer;
import io.offramp.proxy.admin.Phase;
import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.reload.Reloads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code offramp sessions} against admin listeners of every kind. */
class AdminClientIT {
    private static final String NO_SESSIONS = "State  Peer Address:Port";

    private final ProxyMetrics metrics = new ProxyMetrics();
    private final Reloads reloads = new Reloads(metrics.reloads());

    @TempDir
    private Path dir;

    @AfterEach
    void stop() {
        reloads.close();
        metrics.close();
    }

    @Test
    void shouldAskOverAUnixSocket() throws Exception {
        AdminAddress socket = new AdminAddress.Unix(dir.resolve("admin.sock"));
        try (AdminServer _ = start(socket, null)) {
            CommandRun run = CommandRun.of("sessions", "--admin", socket.toString());

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith(NO_SESSIONS);
        }
    }

    @Test
    void shouldBringTheTokenThatIsAskedFor() throws Exception {
        Path token = Files.writeString(dir.resolve("token"), "0123456789abcdef");
        Path other = Files.writeString(dir.resolve("other"), "0123456789abcdeg");
        try (AdminServer server = start(new AdminAddress.Tcp(new HostPort("127.0.0.1", 0)), token)) {
            String admin = "127.0.0.1:" + server.port();

            assertThat(CommandRun.of("sessions", "--admin", admin, "--token-file", token.toString())
                            .out())
                    .startsWith(NO_SESSIONS);
            assertThat(CommandRun.of("sessions", "--admin", admin))
                    .returns(1, CommandRun::exitCode)
                    .returns("offramp: " + admin + " asks for a token: --token-file\n", CommandRun::err);
            assertThat(CommandRun.of("sessions", "--admin", admin, "--token-file", other.toString()))
                    .returns(1, CommandRun::exitCode)
                    .returns("offramp: " + admin + " asks for another token\n", CommandRun::err);
        }
    }

    @Test
    void shouldSayThatThereIsNoDevice() throws Exception {
        AdminAddress socket = new AdminAddress.Unix(dir.resolve("admin.sock"));
        try (AdminServer _ = start(socket, null)) {
            assertThat(CommandRun.of("device", "stats", "--admin", socket.toString()))
                    .returns(1, CommandRun::exitCode)
                    .returns(
                            "offramp: " + socket
                                    + " is not the admin address of a proxy with /device/stats: it says 404\n",
                            CommandRun::err);
        }
    }

    @Test
    void shouldSayWhereNobodyListens() {
        String gone = "unix:" + dir.resolve("gone.sock");

        assertThat(CommandRun.of("sessions", "--admin", gone))
                .returns(1, CommandRun::exitCode)
                .extracting(CommandRun::err)
                .asString()
                .contains(gone);
        assertThat(CommandRun.of("sessions", "--token-file", dir.resolve("gone").toString()))
                .returns(2, CommandRun::exitCode)
                .returns("--token-file: no such file: " + dir.resolve("gone") + "\n", CommandRun::err);
    }

    private AdminServer start(AdminAddress bind, @Nullable Path token) throws Exception {
        return AdminServer.start(
                new AdminConfig(bind, Set.of(), token),
                metrics,
                new ConnectionRegistry(() -> 1),
                List::of,
                reloads,
                () -> Phase.READY);
    }
}
