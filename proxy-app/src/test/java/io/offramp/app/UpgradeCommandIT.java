package io.offramp.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command, with a test in the place of the running proxy. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class UpgradeCommandIT {
    @TempDir
    private Path directory;

    @Test
    void shouldEndWhenTheNewProcessServesAndReadNoConfiguration() throws Exception {
        // Given
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(directory.resolve("upgrade.sock"));
        try (ServerSocketChannel proxy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            proxy.bind(socket);
            CompletableFuture<CommandRun> command = CompletableFuture.supplyAsync(
                    () -> CommandRun.of("upgrade", "--no-wait", "--socket", socket.toString(), "no such file"));

            // When
            try (SocketChannel call = proxy.accept()) {
                assertThat(new BufferedReader(Channels.newReader(call, US_ASCII)).readLine())
                        .isEqualTo("upgrade 2");
                call.write(ByteBuffer.wrap("process 7 starts\nprocess 7 serves; 1 connections\n".getBytes(US_ASCII)));

                // Then, while the call is open
                CommandRun run = command.get();
                assertThat(run.exitCode()).isZero();
                assertThat(run.out()).contains("process 7 serves");
            }
        }
    }
}
