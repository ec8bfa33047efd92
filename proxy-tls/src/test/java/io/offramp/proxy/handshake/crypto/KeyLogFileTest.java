package io.offramp.proxy.handshake.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyLogFileTest {
    private static final byte[] RANDOM = {0, 1, (byte) 0xfe};
    private static final byte[] SECRET = {(byte) 0x80, 7};

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("keys.txt");
    }

    @Test
    void shouldWriteALineForEachSecretBehindWhatIsThere() throws IOException {
        // Given
        Files.writeString(file, "# there before\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        // When
        try (KeyLogFile log = KeyLogFile.open(file)) {
            log.add("CLIENT_RANDOM", RANDOM, SECRET);
            log.add("EXPORTER_SECRET", RANDOM, SECRET);
        }

        // Then
        assertThat(file).hasContent("# there before\nCLIENT_RANDOM 0001fe 8007\nEXPORTER_SECRET 0001fe 8007\n");
    }

    @Test
    void shouldMakeTheFileForItsOwnerOnly() throws IOException {
        KeyLogFile.open(file).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldWriteNoSecretsWhereOthersCanRead() throws IOException {
        for (String permissions : new String[] {"rw-r-----", "rw--w----", "rw----r--", "rw-----w-"}) {
            Files.writeString(file, "");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            assertThatThrownBy(() -> KeyLogFile.open(file))
                    .hasMessage("group or others may read or write it (" + permissions + "), chmod 600: " + file);
        }
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("elsewhere"));
        assertThatThrownBy(() -> KeyLogFile.open(link))
                .hasMessageContaining("links are not followed")
                .hasMessageContaining(link.toString());
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    @Test
    void shouldDropAndCountWhatDoesNotFitAndNeverBlock() throws IOException {
        // Given a writer that does not come to write
        KeyLogFile log = KeyLogFile.idle(file, 3);

        // When
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 10; i++) {
                log.add("CLIENT_RANDOM", RANDOM, new byte[] {(byte) i});
            }
        });
        log.close();
        log.add("CLIENT_RANDOM", RANDOM, SECRET);

        // Then the first three are there, and the others are not silently missing
        assertThat(log.dropped()).isEqualTo(8);
        assertThat(file).hasContent("CLIENT_RANDOM 0001fe 00\nCLIENT_RANDOM 0001fe 01\nCLIENT_RANDOM 0001fe 02\n");
    }

    @Test
    void shouldSayWhyItCannotBeOpened() {
        assertThatThrownBy(() -> KeyLogFile.open(directory.resolve("no/such/keys.txt")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> KeyLogFile.open(directory)).isInstanceOf(IOException.class);
    }
}
