package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Programs of the machine. */
final class Tools {
    private static final int LIMIT_S = 60;

    private Tools() {}

    /** Skips the test without these programs, which scripts/install-test-tools installs. */
    static void require(String... names) {
        List<String> folders = Arrays.asList(System.getenv("PATH").split(File.pathSeparator));
        for (String name : names) {
            boolean found = folders.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
            assumeTrue(found, name + " is not installed");
        }
    }

    /** Runs a command for at most a minute; its output and errors. It must end with 0. */
    static String run(String... command) throws IOException, InterruptedException {
        return typed(null, command);
    }

    /** The same with an input, which stays open. */
    static String typed(@Nullable String input, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("offramp", ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (input != null) {
            process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        }
        boolean ended = process.waitFor(LIMIT_S, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        assertThat(ended).as("%s ended in time: %s", command[0], text).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command[0], text).isZero();
        return text;
    }
}
