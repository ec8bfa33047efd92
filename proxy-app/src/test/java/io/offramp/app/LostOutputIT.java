package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Output goes to a full disk, or to a pipe whose reader has ended: traffic continues, and the loss is logged and
 * counted.
 */
@Timeout(120)
class LostOutputIT {
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
    void shouldServeWhileTheDiskOfTheAccessLogIsFull() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.inShell(config(""), "", "true", "2>&1 >/dev/full")) {
            assertLoses(proxy, "standard output takes no lines, which wait: No space left on device");
        }
    }

    @Test
    void shouldCountLinesThatFindNoRoomWhileTheDiskIsFull() throws Exception {
        String access = "logging: {access: {to: 'file:/dev/full', buffer: {block: 8k, total: 16k}}}";
        try (ProxyProcess proxy = ProxyProcess.inShell(config(access), "", "true", "")) {
            assertLoses(proxy, "/dev/full takes no lines, which wait: No space left on device");
            double lost = proxy.metric("offramp_access_log_lost_total", "");
            assertThat(lost).isBetween(200.0, 299.0);
            assertThat(proxy.metric("offramp_log_dropped_total", "")).isEqualTo(lost);
        }
    }

    @Test
    void shouldServeWhenTheReaderOfTheAccessLogHasEnded() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.inShell(config(""), "", "true", "2>&1 > >(exec true)")) {
            assertLoses(proxy, "standard output takes no lines, which wait: Broken pipe");
        }
    }

    @Test
    void shouldEndACommandWhoseReaderHasEnded() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.inShell(config(""), "", "true", "")) {
            String watch = "\"$0\" sessions --admin 127.0.0.1:" + proxy.adminPort() + " --json --watch=0.05";
            Process shell = new ProcessBuilder(
                            "bash",
                            "-c",
                            watch + " | head -1; exit ${PIPESTATUS[0]}",
                            StartScript.ofDistribution().toString())
                    .redirectErrorStream(true)
                    .start();
            try {
                assertThat(shell.inputReader().lines())
                        .anyMatch(line -> line.endsWith("takes no more lines, which are lost: Broken pipe"));
                assertThat(shell.waitFor()).isEqualTo(1);
            } finally {
                shell.descendants().forEach(ProcessHandle::destroyForcibly);
                shell.destroyForcibly();
            }
        }
    }

    @Test
    void shouldServeWhileTheDiskOfALogFileIsFull() throws Exception {
        Path logback = Files.writeString(directory.resolve("logback.xml"), """
                <configuration>
                  <appender name="LOG" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target><encoder><pattern>%logger{0}: %msg%n</pattern></encoder>
                  </appender>
                  <appender name="FILE" class="ch.qos.logback.core.FileAppender">
                    <file>/dev/full</file><encoder><pattern>%msg%n</pattern></encoder>
                  </appender>
                  <appender name="LOSSY" class="io.offramp.app.LossyAppender"><appender-ref ref="FILE"/></appender>
                  <root level="INFO"><appender-ref ref="LOG"/><appender-ref ref="LOSSY"/></root>
                </configuration>
                """);
        try (ProxyProcess proxy =
                ProxyProcess.inShell(config(""), "-Dlogback.configurationFile=" + logback, "true", "")) {
            assertLoses(proxy, "a log cannot be written, and its lines are lost: ");
        }
    }

    private void assertLoses(ProxyProcess proxy, String line) throws Exception {
        // When
        Process curl = new ProcessBuilder(
                        "curl", "-sSk", "--max-time", "20", "https://127.0.0.1:" + proxy.port() + "/bytes/1000?[1-300]")
                .redirectOutput(directory.resolve("body").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        // Then
        assertThat(curl.waitFor()).isZero();
        assertThat(directory.resolve("body")).hasSize(300_000);
        await().untilAsserted(() ->
                assertThat(proxy.metric("offramp_log_failures_total", "")).isPositive());
        await().untilAsserted(() -> assertThat(proxy.log()).anyMatch(said -> said.contains(line)));
        assertThat(proxy.log().stream().filter(said -> said.contains(line))).hasSize(1);
        assertThat(proxy.log()).noneMatch(said -> said.contains("\tat "));
    }

    private Path config(String more) throws Exception {
        return Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {cert: %s}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                %s
                """.formatted(
                        DevelopmentCertificate.create(directory), upstream.port(), more));
    }
}
