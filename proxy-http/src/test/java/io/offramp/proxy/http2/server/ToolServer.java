package io.offramp.proxy.http2.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.proxy.net.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A server of another project, on a loopback port. */
final class ToolServer implements AutoCloseable {
    private final Process process;
    private final int port;

    private ToolServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a command; skips the test where it is not installed.
     *
     * @param command its {@code PORT} is replaced
     */
    static ToolServer start(Path directory, String... command) throws IOException {
        boolean there = Files.isExecutable(Path.of("/usr/bin", command[0]))
                || Files.isExecutable(Path.of("/usr/sbin", command[0]));
        assumeTrue(there, command[0] + " is not installed");
        int port = freePort();
        List<String> filled = new ArrayList<>();
        for (String word : command) {
            filled.add(word.replace("PORT", Integer.toString(port)));
        }
        Process process = new ProcessBuilder(filled)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("server.log").toFile())
                .start();
        ToolServer server = new ToolServer(process, port);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThatCode(server::connect).doesNotThrowAnyException());
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void connect() throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }

    HostPort address() {
        return new HostPort("127.0.0.1", port);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
