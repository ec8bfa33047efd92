package io.offramp.proxy.handshake.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.proxy.handshake.crypto.KeyLogFile;
import io.offramp.proxy.handshake.ticket.BadTicketKeyException;
import io.offramp.proxy.handshake.ticket.TicketKeyFiles;
import io.offramp.proxy.reload.InputFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
    @TempDir
    private Path dir;

    @Test
    void shouldReadNoMoreThanIsAskedForThroughLinks() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "abcdef");
        Path link = Files.createSymbolicLink(dir.resolve("link"), file);

        assertThat(InputFile.read(link, 4)).asString().isEqualTo("abcd");
        assertThat(InputFile.read(link, 10)).asString().isEqualTo("abcdef");
    }

    @Test
    void shouldRefuseADeviceThatHasNoEnd() {
        Path zero = Path.of("/dev/zero");
        assumeTrue(Files.exists(zero), "no /dev/zero");

        assertThatThrownBy(() -> PemFile.read(zero))
                .isInstanceOf(BadCertificateException.class)
                .hasMessage("is not a regular file: " + zero);
        assertThatThrownBy(() -> TicketKeyFiles.check(zero))
                .isInstanceOf(BadTicketKeyException.class)
                .hasMessage("is not a regular file: " + zero);
    }

    @Test
    void shouldNotWaitForAPipe() throws Exception {
        Path pipe = dir.resolve("pipe");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo");
        assertThat(new ProcessBuilder(List.of("/usr/bin/mkfifo", pipe.toString()))
                        .start()
                        .waitFor())
                .isZero();

        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            assertThatThrownBy(() -> PemFile.read(pipe)).hasMessage("is not a regular file: " + pipe);
            assertThatThrownBy(() -> KeyLogFile.open(pipe)).hasMessageContaining("is not a regular file");
        });
    }
}
