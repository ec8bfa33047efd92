package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of a real process, read again on each of its ways. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ConfigurationReloadIT {
    @TempDir
    private Path directory;

    private DemoUpstream upstream;
    private ProxyProcess proxy;

    @BeforeEach
    void start() throws IOException {
        upstream = DemoUpstream.start(0);
        DevelopmentCertificate.create(directory);
        write(yaml());
        proxy = new ProxyProcess(file());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        upstream.close();
    }

    @Test
    void shouldTakeAnotherConfigurationOnSighup() throws Exception {
        write(yaml().replace("name: web", "name: site"));

        proxy.hangUp();

        await().until(() -> proxy.hasLogged("SIGHUP: all files are in order"));
        assertThat(proxy.hasLogged("offramp.yaml: configuration: listener site: changed: name"))
                .isTrue();
        assertThat(proxy.metric("offramp_config_generation", "")).isEqualTo(2);
    }

    @Test
    void shouldRefuseABrokenConfigurationWithAllItsErrorsAndOneLineOfTheLog() throws Exception {
        write(yaml().replace("upstream: 127", "upstrm: 127").replace("drain: 1s", "drain: soon"));

        CommandRun run = command("reload");
        HttpResponse<String> answer = proxy.admin("POST", "/reload");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out())
                .contains("offramp.yaml:4:5: listeners[0].upstrm: ", "timeouts.drain: ")
                .isEqualTo(answer.body());
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(proxy.log().stream().filter(line -> line.contains("refused, the current one stays in use")))
                .hasSize(2)
                .allMatch(line -> line.contains("upstrm") && line.contains("timeouts.drain"));
        assertThat(proxy.metric("offramp_config_generation", "")).isEqualTo(1);
        assertThat(proxy.metric("offramp_config_reloads_total", "failure")).isEqualTo(2);
        assertThat(command("reload", "--dry-run").exitCode()).isEqualTo(2);
    }

    @Test
    void shouldPrintWhatWouldChangeAndChangeNothing() throws Exception {
        assertThat(command("reload", "--dry-run"))
                .returns(0, CommandRun::exitCode)
                .returns("nothing would change\n", CommandRun::out);
        write(yaml().replace("drain: 1s", "drain: 2s") + "threads: 1\n");

        CommandRun dry = command("reload", "--dry-run");

        assertThat(dry.exitCode()).isZero();
        assertThat(dry.out()).isEqualTo("would change: drain: changed\nneeds a restart: threads\n");
        assertThat(proxy.metric("offramp_config_generation", "")).isEqualTo(1);
        assertThat(proxy.admin("POST", "/reload?dry").statusCode()).isEqualTo(400);

        CommandRun done = command("reload");
        assertThat(done.exitCode()).isZero();
        assertThat(done.out()).startsWith("""
                        offramp.yaml: configuration: drain: changed
                        offramp.yaml: configuration: generation 2 is in use
                        offramp.yaml: configuration: needs a restart: threads
                        """);
        assertThat(command("reload").out()).startsWith("offramp.yaml: configuration: needs a restart: threads\n");
    }

    @Test
    void shouldFindInADryRunThatAnAddressIsTaken() throws Exception {
        int port;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = other.getLocalPort();
            write(yaml().replace("admin:", """
                      - {name: api, bind: 127.0.0.1:%d, upstream: 127.0.0.1:1, tls: {cert: %s}}
                    admin:""".formatted(port, DevelopmentCertificate.FILE_NAME)));
            String reason = "cannot listen on 127.0.0.1:" + port + ": Address already in use\n";

            assertThat(command("reload", "--dry-run"))
                    .returns(2, CommandRun::exitCode)
                    .returns("error: " + reason, CommandRun::out);
            assertThat(command("reload"))
                    .returns(2, CommandRun::exitCode)
                    .satisfies(run -> assertThat(run.out()).contains(reason));
        }

        assertThat(command("reload", "--dry-run"))
                .returns(0, CommandRun::exitCode)
                .returns(
                        "would change: listener api: added\nwould change: upstream 127.0.0.1:1: added\n",
                        CommandRun::out);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
        assertThat(command("reload").exitCode()).isZero();
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        assertThat(command("reload", "--dry-run"))
                .as("its own socket is not in the way")
                .returns("nothing would change\n", CommandRun::out);
    }

    @Test
    void shouldSayThatNoProxyListens() {
        assertThat(CommandRun.of("reload", "--admin", "127.0.0.1:1"))
                .returns(1, CommandRun::exitCode)
                .satisfies(run -> assertThat(run.err()).contains("no proxy listens on 127.0.0.1:1"));
    }

    @Test
    void shouldFollowTheFileAsKubernetesReplacesIt() throws Exception {
        // Given
        proxy.close();
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        Path data = mounted.resolve("..data");
        Files.createSymbolicLink(data, version("1", yaml() + "reload: watch\n"));
        Path config = Files.createSymbolicLink(mounted.resolve("offramp.yaml"), Path.of("..data/offramp.yaml"));
        proxy = new ProxyProcess(config);

        // When
        Path next = Files.createSymbolicLink(
                mounted.resolve("..data_tmp"),
                version("2", yaml().replace("name: web", "name: site") + "reload: watch\n"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

        // Then
        await().until(() -> proxy.metric("offramp_config_generation", "") == 2);
        assertThat(proxy.hasLogged("listener site: changed: name")).isTrue();
    }

    @Test
    void shouldFollowIncludedFilesAndThoseOfReferences() throws Exception {
        // Given
        proxy.close();
        Path included = Files.createDirectory(directory.resolve("conf.d"));
        Files.writeString(directory.resolve("name"), "first\n");
        write(yaml().replace("name: web", "name: ${file:name}") + "reload: watch\ninclude: conf.d/*.yaml\n");
        proxy = new ProxyProcess(file());

        // When
        Files.writeString(included.resolve("api.yaml"), "upstreams: {api: ['127.0.0.1:1']}\n");

        // Then
        await().until(() -> proxy.metric("offramp_config_generation", "") == 2);
        assertThat(proxy.hasLogged("upstream api: added")).isTrue();
        Files.writeString(included.resolve("api.yaml"), "upstreams: {api: ['127.0.0.1:1', '127.0.0.1:2']}\n");
        await().until(() -> proxy.metric("offramp_config_generation", "") == 3);
        Files.writeString(directory.resolve("name"), "second\n");
        await().until(() -> proxy.metric("offramp_config_generation", "") == 4);
        assertThat(proxy.hasLogged("listener second: changed: name")).isTrue();
    }

    private Path version(String name, String yaml) throws IOException {
        Path version = Files.createDirectory(directory.resolve("mounted").resolve("..v" + name));
        Files.writeString(
                version.resolve("offramp.yaml"),
                yaml.replace(
                        DevelopmentCertificate.FILE_NAME, directory.resolve(DevelopmentCertificate.FILE_NAME) + ""));
        return version.getFileName();
    }

    private CommandRun command(String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--admin";
        all[args.length + 1] = "127.0.0.1:" + proxy.adminPort();
        return CommandRun.of(all);
    }

    private Path file() {
        return directory.resolve("offramp.yaml");
    }

    private void write(String yaml) throws IOException {
        Files.writeString(file(), yaml);
    }

    private String yaml() {
        return """
                listeners:
                  - name: web
                    bind: 127.0.0.1:0
                    upstream: 127.0.0.1:%d
                    tls: {cert: %s}
                admin: {bind: 127.0.0.1:0}
                timeouts: {drain: 1s}
                """.formatted(upstream.port(), DevelopmentCertificate.FILE_NAME);
    }
}
