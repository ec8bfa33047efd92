package io.offramp.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryDirectoryTest {
    @Test
    void shouldLeaveNothing() throws Exception {
        Path path;
        try (TemporaryDirectory directory = TemporaryDirectory.create("offramp-test")) {
            path = directory.path();
            Files.writeString(Files.createDirectory(path.resolve("deeper")).resolve("file"), "content");
            assertThat(path.resolve("deeper/file")).exists();
        }

        assertThat(path).doesNotExist();
    }
}
