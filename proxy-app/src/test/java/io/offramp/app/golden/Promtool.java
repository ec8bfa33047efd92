package io.offramp.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** The linter of Prometheus. */
final class Promtool {
    private static final String NAME = "promtool";
    private static final int LIMIT_S = 60;

    private Promtool() {}

    /** What it says; must end with 0. Skips the test where it is not installed. */
    static String run(Path directory, Path input, String... args) throws IOException, InterruptedException {
        String[] folders = System.getenv("PATH").split(File.pathSeparator, -1);
        assumeTrue(
                Arrays.stream(folders).anyMatch(folder -> Files.isExecutable(Path.of(folder, NAME))),
                NAME + " is not installed");
        String[] command = new String[args.length + 1];
        command[0] = NAME;
        System.arraycopy(args, 0, command, 1, args.length);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
