package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More clients than there are descriptors: EMFILE of accept(2). */
@Timeout(120)
class DescriptorLimitIT {
    private static final int DESCRIPTORS = 200;

    @TempDir
    private Path directory;

    @Test
    void shouldPauseAndGoOnWithOneLineEach() throws Exception {
        List<Socket> crowd = new ArrayList<>();
        try (DemoUpstream upstream = DemoUpstream.start(0);
                ProxyProcess proxy = ProxyProcess.inShell(config(upstream.port()), "", "ulimit -n " + DESCRIPTORS, "")) {
            assertThat(proxy.metric("offramp_accept_failures_total", "listener=\"web\"")).isZero();

            // When
            for (int i = 0; i < 2 * DESCRIPTORS; i++) {
                crowd.add(new Socket(InetAddress.getLoopbackAddress(), proxy.port()));
            }
            await().until(() -> proxy.hasLogged("web: cannot accept connections, which wait: "));
            long cpuMs = cpuMs(proxy);
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);

            // Then it waits for a descriptor, and does not try without a pause
            assertThat(cpuMs(proxy) - cpuMs).as("CPU of two seconds").isLessThan(1000);
            closeAll(crowd);
            await().until(() -> proxy.hasLogged("web: accepts connections again, after "));
            try (Crowd another = new Crowd(proxy.port())) {
                await().until(() -> another.statusForAnother() == 200);
            }
            assertThat(proxy.metric("offramp_accept_failures_total", "listener=\"web\"")).isBetween(1.0, 300.0);
            assertThat(proxy.log().stream().filter(line -> line.contains("cannot accept"))).hasSize(1);
            assertThat(proxy.log()).noneMatch(line -> line.contains("\tat "));
        } finally {
            closeAll(crowd);
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
                """.formatted(DevelopmentCertificate.create(directory), upstreamPort));
    }

    private static long cpuMs(ProxyProcess proxy) {
        return proxy.cpu().toMillis();
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
