package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.budget.OpenFiles;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More clients than descriptors: EMFILE of accept(2). */
@Timeout(120)
class DescriptorLimitIT {
    private static final int DESCRIPTORS = 200;
    private static final String ADVICE = ": raise it, by ulimit -n or LimitNOFILE= of the unit";

    @TempDir
    private Path directory;

    @Test
    void shouldPauseAndGoOnWithOneLineEach() throws Exception {
        List<Socket> crowd = new ArrayList<>();
        try (DemoUpstream upstream = DemoUpstream.start(0);
                ProxyProcess proxy =
                        ProxyProcess.inShell(config(upstream.port()), "", "ulimit -n " + DESCRIPTORS, "")) {
            assertThat(proxy.metric("offramp_accept_failures_total", "listener=\"web\""))
                    .isZero();

            // When
            long beginNs = System.nanoTime();
            for (int i = 0; i < 2 * DESCRIPTORS; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), proxy.port()));
            }
            await().until(() -> proxy.hasLogged("web: cannot accept connections, they wait: "));
            closeAll(crowd);

            // Then
            await().until(() -> proxy.hasLogged("web: accepts connections again, after "));
            double tenths = Math.ceil((System.nanoTime() - beginNs) / 1e8);
            try (Crowd another = new Crowd(proxy.port())) {
                await().until(() -> another.statusForAnother() == 200);
            }
            assertThat(proxy.metric("offramp_accept_failures_total", "listener=\"web\""))
                    .as("one each 100 ms")
                    .isBetween(1.0, tenths);
            assertThat(proxy.log().stream().filter(line -> line.contains("cannot accept")))
                    .hasSize(1);
            assertThat(proxy.log()).noneMatch(line -> line.contains("\tat "));
        } finally {
            closeAll(crowd);
        }
    }

    @Test
    void shouldSayThatTheLimitIsTooLowForJava() throws Exception {
        assertThat(runWith(40))
                .returns(1, StartScript.Outcome::exitCode)
                .extracting(StartScript.Outcome::output)
                .isEqualTo("offramp: the limit of open files is 40, and Java needs 64 to start" + ADVICE);
    }

    @Test
    void shouldSayThatTheLimitIsTooLowForAnyClient() throws Exception {
        assertThat(runWith(OpenFiles.own()))
                .returns(1, StartScript.Outcome::exitCode)
                .extracting(StartScript.Outcome::output)
                .asString()
                .endsWith("offramp: the limit of open files is " + OpenFiles.own() + ", and a proxy needs "
                        + OpenFiles.own() + " before its first client" + ADVICE)
                .doesNotContain(".pem", "xception");
    }

    private StartScript.Outcome runWith(int descriptors) throws Exception {
        return StartScript.end(new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -n " + descriptors + " && exec \"$0\" run \"$1\"",
                        StartScript.ofDistribution().toString(),
                        config(1).toString())
                .redirectErrorStream(true)
                .start());
    }

    @Test
    void shouldStartWithTheFilesThatItSaysItNeeds() throws Exception {
        try (DemoUpstream upstream = DemoUpstream.start(0);
                ProxyProcess proxy =
                        ProxyProcess.inShell(config(upstream.port()), "", "ulimit -n " + (OpenFiles.own() + 2), "");
                Crowd client = new Crowd(proxy.port())) {
            assertThat(client.statusForAnother()).isEqualTo(200);
            assertThat(proxy.log()).noneMatch(line -> line.contains("oo many open files"));
        }
    }

    private Path config(int upstreamPort) throws IOException {
        return Files.writeString(directory.resolve("offramp.yaml"), """
                listeners:
                  - name: web
                    bind: 127.0.0.1:0
                    tls: {cert: %s}
                    upstream: 127.0.0.1:%d
                admin: {bind: 127.0.0.1:0}
                limits: {connections: 100000}
                timeouts: {handshake: 60s}
                logging: {access: false}
                """.formatted(
                        DevelopmentCertificate.create(directory), upstreamPort));
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
