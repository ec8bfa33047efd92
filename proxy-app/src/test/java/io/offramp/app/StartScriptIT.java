package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.StartScript.Outcome;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start script, in the source tree and in the distribution, from any directory. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StartScriptIT {
    @TempDir
    private Path directory;

    @Test
    void shouldAcceptTheConfigurationsThatComeAlong() throws Exception {
        for (String name : new String[] {
            "offramp.yaml", "rules.yaml", "sw.yaml", "upstreams.yaml", "device.yaml", "hw-record.yaml", "ktls.yaml"
        }) {
            // When
            Path script = StartScript.ofSourceTree();
            Outcome outcome = StartScript.run(script, script.resolveSibling(""), "check", "config/" + name);

            // Then
            assertThat(outcome.exitCode()).as(outcome.output()).isZero();
            assertThat(outcome.output()).contains("config/" + name + ": good, ");
        }
    }

    @Test
    void shouldPrintItsVersionWhenStartedThroughALinkFromAnywhere() throws Exception {
        // Given
        Path link = Files.createSymbolicLink(directory.resolve("link"), StartScript.ofSourceTree());

        // When
        Outcome outcome = StartScript.run(link, directory, "version");
        Files.delete(link);

        // Then
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).startsWith("offramp ");
    }

    @Test
    void shouldCheckItsOwnConfigurationWhenStartedFromTheDistribution() throws Exception {
        // Given
        Path script = StartScript.ofDistribution();
        Path config = script.resolveSibling("../config/offramp.yaml").normalize();

        // When
        Outcome outcome = StartScript.run(script, directory, "check", config.toString());

        // Then
        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("good, ");
    }

    @Test
    void shouldFailWithOneLineWhenThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            String from = "127.0.0.1:" + taken.getLocalPort();
            Outcome outcome = StartScript.run(StartScript.ofDistribution(), directory, proxy(from));

            // Then
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.output())
                    .endsWith("offramp: cannot listen on " + from + ": Address already in use")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void shouldRefuseAnAeadEngineThatThereIsNot() throws Exception {
        for (List<String> command : List.of(List.of("version"), List.of(proxy("127.0.0.1:0")))) {
            // When
            String flag = "-Dofframp.aead=openssl";
            Outcome outcome =
                    StartScript.end(StartScript.start(StartScript.ofDistribution(), directory, command, flag));

            // Then
            assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(2);
            assertThat(outcome.output())
                    .endsWith("offramp: offramp.aead: unknown engine 'openssl', expected libcrypto, ipsecmb or jca")
                    .doesNotContain("\tat ", "--set");
        }
    }

    @Test
    void shouldEndWithZeroWhenTerminatedWhileServing() throws Exception {
        // Given
        Process process = StartScript.start(StartScript.ofDistribution(), directory, proxy("127.0.0.1:0"));
        try (BufferedReader output = process.inputReader()) {
            awaitLine(output, "serving");

            // When
            process.toHandle().destroy(); // the process itself would close its output, too

            // Then
            assertThat(output.lines()).last().asString().endsWith("stopped");
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private String[] proxy(String from) throws IOException {
        String cert = DevelopmentCertificate.create(directory).toString();
        return new String[] {"proxy", "--from", from, "--to", "127.0.0.1:1", "--cert", cert};
    }

    private static void awaitLine(BufferedReader output, String part) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains(part)) {
                return;
            }
        }
        throw new AssertionError("ended before it said: " + part);
    }
}
