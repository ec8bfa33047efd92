package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The access log of a real process under load: each request has its line, whatever happens to the file. */
@Timeout(120)
class AccessLogIT {
    private static final int CLIENTS = 3;
    private static final int REQUESTS = 4000;

    @TempDir
    private Path directory;

    private DemoUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        upstream = DemoUpstream.start(0);
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void shouldLoseNoLineWhenTheFileIsRenamedUnderLoad() throws Exception {
        List<Path> files = new ArrayList<>(List.of(directory.resolve("access.log")));
        try (ProxyProcess proxy =
                ProxyProcess.inShell(config("{to: 'file:access.log', format: '{target}'}"), "", "true", "")) {
            // Given load
            List<Process> clients = load(proxy.port());

            // When the file is renamed several times meanwhile, and its lines are asked to go elsewhere
            for (int i = 1; clients.stream().anyMatch(Process::isAlive) && i <= 20; i++) {
                Path old = directory.resolve("old-" + i);
                Files.move(files.getFirst(), old);
                files.add(old);
                proxy.reopenLogs();
                await().until(() -> Files.exists(files.getFirst()));
            }
            assertThat(files).hasSizeGreaterThan(2);
            await().atMost(60, TimeUnit.SECONDS).until(() -> clients.stream().noneMatch(Process::isAlive));
            assertThat(proxy.stop()).isZero();
        }

        // Then
        assertEachRequestHasItsLine(files);
    }

    @Test
    void shouldLoseNoLineWhenTheFileRotates() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.inShell(
                config("{to: 'file:access.log', format: '{target}', mode: 600, rotate: {size: 64k, keep: 99}, "
                        + "buffer: {block: 8k, delay: 5ms}}"),
                "",
                "true",
                "")) {
            List<Process> clients = load(proxy.port());
            await().atMost(60, TimeUnit.SECONDS).until(() -> clients.stream().noneMatch(Process::isAlive));
            assertThat(proxy.stop()).isZero();
        }

        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            all.filter(file -> file.getFileName().toString().startsWith("access.log"))
                    .forEach(files::add);
        }
        assertThat(files).hasSizeGreaterThan(2).allMatch(file -> file.toFile().length() <= 64 << 10);
        assertEachRequestHasItsLine(files);
    }

    @Test
    void shouldServeAndStopWhileNobodyReadsStandardOutput() throws Exception {
        // Given a pipe that nobody reads, and more lines than it takes
        StartedProxy started = StartedProxy.run(directory, yaml("{}"));
        Process proxy = started.process();
        try {
            for (Process client : load(started.port())) {
                assertThat(client.waitFor()).isZero();
            }

            // When
            proxy.toHandle().destroy();

            // Then
            assertThat(proxy.waitFor()).isZero();
        } finally {
            proxy.destroyForcibly();
        }
    }

    private void assertEachRequestHasItsLine(List<Path> files) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            lines.addAll(Files.readAllLines(file));
        }
        assertThat(lines)
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, CLIENTS)
                        .boxed()
                        .flatMap(client ->
                                IntStream.rangeClosed(1, REQUESTS).mapToObj(i -> "/bytes/10?" + client + "-" + i))
                        .toList());
    }

    private List<Process> load(int port) throws IOException {
        List<Process> clients = new ArrayList<>();
        for (int client = 1; client <= CLIENTS; client++) {
            clients.add(new ProcessBuilder(
                            "curl",
                            "-sSk",
                            "https://127.0.0.1:" + port + "/bytes/10?" + client + "-[1-" + REQUESTS + "]")
                    .redirectOutput(directory.resolve("bodies-" + client).toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }
        return clients;
    }

    private Path config(String access) throws Exception {
        return Files.writeString(directory.resolve("offramp.yaml"), yaml(access));
    }

    private String yaml(String access) throws Exception {
        return """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                timeouts: {drain: 1s}
                logging: {access: %s}
                """.formatted(DevelopmentCertificate.create(directory), upstream.port(), access);
    }
}
