package io.offramp.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.reload.Reloads;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin listener as curl and browsers reach it. */
class AdminAccessIT {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final AdminAddress ANY_PORT = new AdminAddress.Tcp(new HostPort("127.0.0.1", 0));

    private final ProxyMetrics metrics = new ProxyMetrics();
    private final Reloads reloads = new Reloads(metrics.reloads());
    private @Nullable AdminServer server;

    @TempDir
    private Path dir;

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        reloads.close();
        metrics.close();
    }

    @Test
    void shouldRefuseNamesThatWereMadeToLeadHere() throws Exception {
        start(ANY_PORT, null);

        assertThat(curl(url("/connections"))).isEqualTo("200");
        assertThat(curl("-H", "Host: rebound.evil.example:" + port(), url("/connections")))
                .isEqualTo("403");
        assertThat(curl("-H", "Host: rebound.evil.example", url("/healthz"))).isEqualTo("403");
        assertThat(curl("-H", "Host:", url("/connections"))).isEqualTo("400");
        assertThat(metrics()).contains("offramp_admin_refused_total{reason=\"host\"} 2.0");
    }

    @Test
    void shouldRefusePagesOfOtherOrigins() throws Exception {
        start(ANY_PORT, null);

        assertThat(curl("-X", "POST", "-H", "Origin: http://evil.example", url("/reload")))
                .isEqualTo("403");
        assertThat(curl("-X", "POST", "-H", "Origin: null", url("/reload"))).isEqualTo("403");
        assertThat(curl("-H", "Origin: http://evil.example", url("/connections")))
                .isEqualTo("403");
        assertThat(metrics())
                .contains("offramp_admin_refused_total{reason=\"origin\"} 3.0")
                .doesNotContainPattern("reloads_total\\S* [1-9]");
        assertThat(curl("-X", "POST", "-H", "Origin: http://127.0.0.1:" + port(), url("/reload")))
                .isEqualTo("200");
        assertThat(curl("-X", "POST", url("/reload"))).as("no browser").isEqualTo("200");
    }

    @Test
    void shouldAskForItsToken() throws Exception {
        Path token = Files.writeString(dir.resolve("token"), TOKEN + "\n");
        start(ANY_PORT, token);

        assertThat(curl(url("/connections"))).isEqualTo("401");
        assertThat(output("curl", "-sD-", "-o", "/dev/null", url("/connections")))
                .containsIgnoringCase("WWW-Authenticate: Bearer");
        assertThat(curl("-H", "Authorization: Bearer " + TOKEN.replace('0', '1'), url("/connections")))
                .isEqualTo("401");
        assertThat(curl("-H", "Authorization: Bearer " + TOKEN, url("/connections")))
                .isEqualTo("200");
        assertThat(curl(url("/healthz"))).isEqualTo("200");

        // When the file holds another one, then that is asked for once files have been read again
        Files.writeString(token, "another-" + TOKEN + "\n");
        assertThat(curl("-X", "POST", "-H", "Authorization: Bearer " + TOKEN, url("/reload")))
                .isEqualTo("200");
        assertThat(curl("-H", "Authorization: Bearer " + TOKEN, url("/connections")))
                .isEqualTo("401");
        assertThat(curl("-H", "Authorization: Bearer another-" + TOKEN, url("/connections")))
                .isEqualTo("200");
    }

    @Test
    void shouldNotStartWithoutTheTokenThatItShallAskFor() {
        assertThatThrownBy(() -> start(ANY_PORT, dir.resolve("missing")))
                .hasMessage("no such file: " + dir.resolve("missing"));
    }

    @Test
    void shouldServeOnAUnixSocketForItsOwnerAndGroup() throws Exception {
        Path socket = dir.resolve("admin.sock");
        start(new AdminAddress.Unix(socket), null);

        assertThat(Files.getPosixFilePermissions(socket)).isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
        assertThat(curl("--unix-socket", socket.toString(), "http://localhost/healthz"))
                .isEqualTo("200");
        assertThat(curl("--unix-socket", socket.toString(), "-X", "POST", "http://localhost/reload"))
                .isEqualTo("200");
        assertThat(server).hasToString("unix:" + socket);
        assertThat(server).isNotNull();
        assertThat(server.port()).isNull();

        // When it stops, then nothing of it is left
        server.close();
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void shouldReplaceASocketThatNobodyListensOn() throws Exception {
        Path socket = dir.resolve("admin.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();

        start(new AdminAddress.Unix(socket), null);

        assertThat(curl("--unix-socket", socket.toString(), "http://localhost/healthz"))
                .isEqualTo("200");
    }

    @Test
    void shouldLeaveWhatIsInUseOrNoSocket() throws Exception {
        Path socket = dir.resolve("admin.sock");
        start(new AdminAddress.Unix(socket), null);
        Path text = Files.writeString(dir.resolve("text"), "kept");

        assertThatThrownBy(() -> AdminServer.start(
                        config(new AdminAddress.Unix(socket), null),
                        metrics,
                        new ConnectionRegistry(() -> 1),
                        List::of,
                        reloads,
                        () -> Phase.READY))
                .isInstanceOf(IOException.class)
                .hasMessage("admin cannot bind unix:" + socket + ": another process listens there");
        assertThatThrownBy(() -> AdminServer.start(
                        config(new AdminAddress.Unix(text), null),
                        metrics,
                        new ConnectionRegistry(() -> 1),
                        List::of,
                        reloads,
                        () -> Phase.READY))
                .hasMessageEndingWith(": is there, and is not a socket");
        assertThat(curl("--unix-socket", socket.toString(), "http://localhost/healthz"))
                .isEqualTo("200");
        assertThat(text).hasContent("kept");
    }

    @Test
    void shouldAnswerThoughFourHundredConnectAndSayNothing() throws Exception {
        start(ANY_PORT, null);
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                silent.add(new Socket("127.0.0.1", port()));
            }

            // Then one that asks is answered, and most of the others are gone
            assertThat(curl(url("/healthz"))).isEqualTo("200");
            int closed = 0;
            for (Socket each : silent.subList(0, 400 - 64)) {
                each.setSoTimeout(5_000);
                closed += each.getInputStream().read() < 0 ? 1 : 0;
            }
            assertThat(closed).isEqualTo(400 - 64);
        } finally {
            for (Socket each : silent) {
                each.close();
            }
        }
    }

    private void start(AdminAddress bind, @Nullable Path token) throws IOException {
        server = AdminServer.start(
                config(bind, token), metrics, new ConnectionRegistry(() -> 1), List::of, reloads, () -> Phase.READY);
    }

    private static AdminConfig config(AdminAddress bind, @Nullable Path token) {
        return new AdminConfig(bind, Set.of(), token);
    }

    private int port() {
        return Objects.requireNonNull(Objects.requireNonNull(server).port());
    }

    private String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    private String metrics() throws Exception {
        return output("curl", "-s", url("/metrics"));
    }

    /** The status. */
    private static String curl(String... args) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("curl", "-s", "-m", "20", "-o", "/dev/null", "-w", "%{http_code}"));
        command.addAll(List.of(args));
        return output(command.toArray(String[]::new));
    }

    private static String output(String... command) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
