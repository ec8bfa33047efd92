package io.offramp.offload;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateFileTest {
    @TempDir
    private Path directory;

    @Test
    void shouldMakeFilesForTheirOwnerAlone() throws IOException {
        PrivateFile.append(path("appended")).close();
        PrivateFile.empty(path("emptied")).close();
        PrivateFile.replace(path("replaced"), "secret");

        for (String name : new String[] {"appended", "emptied", "replaced"}) {
            assertThat(permissions(path(name))).as(name).isEqualTo("rw-------");
        }
    }

    @Test
    void shouldAddToAFileOrBeginItAnew() throws IOException {
        PrivateFile.replace(path("a"), "one,");

        write(PrivateFile.append(path("a")), "two");
        assertThat(path("a")).hasContent("one,two");
        write(PrivateFile.empty(path("a")), "3");
        assertThat(path("a")).hasContent("3");
    }

    @Test
    void shouldReplaceAFileOfOthersInOneStepAndLeaveNothingElse() throws IOException {
        // Given
        Path target = Files.writeString(path("target"), "old");
        Files.createSymbolicLink(path("link"), target);
        Files.writeString(path("shared"), "old");
        Files.setPosixFilePermissions(path("shared"), PosixFilePermissions.fromString("rw-r--r--"));

        // When
        PrivateFile.replace(path("link"), "new");
        PrivateFile.replace(path("shared"), "new");

        // Then
        assertThat(target).hasContent("old");
        assertThat(path("link")).hasContent("new").isRegularFile();
        assertThat(permissions(path("shared"))).isEqualTo("rw-------");
        try (Stream<Path> all = Files.list(directory)) {
            assertThat(all).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw--w----", "rw----r--", "rw-----w-"})
    void shouldRefuseAFileThatOthersMayReadOrWrite(String permissions) throws IOException {
        Files.setPosixFilePermissions(
                Files.writeString(path("a"), "old"), PosixFilePermissions.fromString(permissions));

        assertThatThrownBy(() -> PrivateFile.empty(path("a"))).hasMessageContaining("(" + permissions + "), chmod 600");
        assertThatThrownBy(() -> PrivateFile.append(path("a"))).hasMessageContaining("chmod 600");
        assertThat(path("a")).hasContent("old");
    }

    @Test
    void shouldFollowNoLinkAndOpenNoDirectory() throws IOException {
        Path target = Files.writeString(path("target"), "old");
        Files.createSymbolicLink(path("link"), target);

        assertThatThrownBy(() -> PrivateFile.empty(path("link"))).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> PrivateFile.append(directory)).hasMessageContaining("not a regular file");
        assertThat(target).hasContent("old");
    }

    private static void write(FileChannel channel, String text) throws IOException {
        try (channel) {
            channel.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
        }
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private Path path(String name) {
        return directory.resolve(name);
    }
}
