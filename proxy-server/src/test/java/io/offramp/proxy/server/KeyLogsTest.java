package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.handshake.crypto.KeyLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyLogsTest {
    @TempDir
    private Path dir;

    @Test
    void shouldSayInPlainWordsWhyAFileCannotBeWritten() {
        Path file = dir.resolve("gone/keys");
        try (KeyLogs logs = new KeyLogs()) {
            assertThatThrownBy(() -> logs.of("web", file))
                    .isInstanceOf(StartException.class)
                    .hasMessage("web: tls.keylog: cannot write " + file + ": no such directory: " + file);
        }
    }

    @Test
    void shouldCloseAFileThatNoListenerHasAnyMore() throws Exception {
        try (KeyLogs logs = new KeyLogs()) {
            // Given
            Path gone = dir.resolve("gone");
            Path stays = dir.resolve("stays");
            KeyLog old = logs.of("web", gone);
            KeyLog other = logs.of("api", stays);
            old.add("LABEL", new byte[1], new byte[1]);
            assertThat(logs.count()).isEqualTo(2);

            // When
            logs.keep(Set.of(stays));
            old.add("LATE", new byte[1], new byte[1]);

            // Then
            assertThat(logs.count()).isEqualTo(1);
            assertThat(logs.of("web", stays)).isSameAs(other);
            assertThat(Files.readString(gone)).isEqualTo("LABEL 00 00\n");
        }
    }
}
