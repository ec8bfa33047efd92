package io.offramp.offload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileFailureTest {
    private static final String USER = ", for user " + System.getProperty("user.name");

    @Test
    void shouldSayWhatFailedWhenTheExceptionNamesOnlyTheFile() {
        assertThat(FileFailure.reason(new AccessDeniedException("/a/run")))
                .isEqualTo("permission denied: /a/run" + USER);
        assertThat(FileFailure.reason(new NoSuchFileException("/a/run"))).isEqualTo("no such directory: /a/run");
    }

    @Test
    void shouldSayTheReasonOfTheSystemAndTheFile() {
        assertThat(FileFailure.reason(new FileSystemException("/a/x.jar", null, "Operation not permitted")))
                .isEqualTo("Operation not permitted: /a/x.jar" + USER);
        assertThat(FileFailure.reason(new IOException("the JVM wrote no cache")))
                .isEqualTo("the JVM wrote no cache");
    }
}
