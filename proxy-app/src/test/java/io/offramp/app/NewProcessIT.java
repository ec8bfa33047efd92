package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The new process of an upgrade while it starts, with a test in the place of the old one. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class NewProcessIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private Path log;
    private Path config;
    private ServerSocketChannel old;

    @SuppressWarnings("NullAway.Init") // each test starts it
    private Process process;

    @BeforeEach
    void listen() throws Exception {
        assumeTrue(Epoll.isAvailable(), "no epoll");
        DevelopmentCertificate.create(directory);
        log = directory.resolve("log");
        config = Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - {name: web, bind: "127.0.0.1:0", tls: {cert: %s}, upstream: "127.0.0.1:1"}
                """.formatted(DevelopmentCertificate.FILE_NAME));
        old = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        old.bind(UnixDomainSocketAddress.of(socket()));
    }

    @AfterEach
    void stop() throws Exception {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        old.close();
    }

    @Test
    void shouldDoWhatSignalsHaveAskedWhenItServes() throws Exception {
        // Given
        start();
        try (SocketChannel _ = called()) {
            signal("HUP");
            signal("USR1");
            signal("HUP");
        } // the old process has ended

        // Then
        await().atMost(LIMIT).until(() -> hasLogged("SIGHUP: all files are in order") || !process.isAlive());
        assertThat(process.isAlive()).isTrue();
        signal("TERM");
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readAllLines(log))
                .filteredOn(line -> line.contains("SIGHUP: "))
                .as("two reloads in one")
                .hasSize(1);
    }

    @Test
    void shouldEndWhenItIsToldToWhileItStarts() throws Exception {
        start();
        try (SocketChannel _ = called()) {
            signal("TERM");

            assertThat(process.waitFor()).isZero();
            assertThat(hasLogged("stopped before it served")).isTrue();
            assertThat(hasLogged("listening on")).isFalse();
        }
    }

    @Test
    void shouldServeIfTheOldOneWasKilledBeforeItWasReached() throws Exception {
        old.close(); // and the file stays

        start();

        await().atMost(LIMIT).until(() -> hasLogged("serving;") || !process.isAlive());
        assertThat(process.isAlive()).isTrue();
        assertThat(Files.readString(log)).contains("WARN  Serving: the process before has ended", "listening on");
    }

    @Test
    void shouldNotServeIfTheOldOneRefusesOrHasGoneInOrder() throws Exception {
        // When
        start();
        try (SocketChannel call = called()) {
            call.write(ByteBuffer.wrap("refused not now\n".getBytes(US_ASCII)));

            // Then
            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(hasLogged("the running process refuses: not now")).isTrue();
        }

        // When
        Files.delete(socket());
        start();

        // Then
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(log))
                .contains("cannot connect to " + socket() + ": No such file or directory")
                .doesNotContain("listening on");
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>(StartScript.ALL_SIGNALS);
        command.addAll(List.of(StartScript.ofDistribution().toString(), "run", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("OFFRAMP_NO_CACHE", "1");
        builder.environment().put(Upgrades.VARIABLE, socket().toString());
        process = builder.start();
    }

    /** By the new process, which waits for an answer. */
    private SocketChannel called() throws IOException {
        SocketChannel call = old.accept();
        assertThat(new BufferedReader(Channels.newReader(call, US_ASCII)).readLine())
                .isEqualTo("take 2");
        return call;
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private boolean hasLogged(String part) throws IOException {
        return Files.readString(log).contains(part);
    }

    private Path socket() {
        return directory.resolve("old.sock");
    }
}
