package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the start script as a user does. */
public final class StartScript {
    private static final int LIMIT_SECONDS = 60;

    /**
     * In front of a command (coreutils): a build that runs in the background of a script, or under {@code nohup},
     * ignores SIGINT or SIGHUP. Its children inherit that, and a JVM leaves an ignored signal ignored.
     */
    static final List<String> ALL_SIGNALS = List.of("env", "--default-signal=HUP,INT,TERM");

    private static final Path SOURCE_TREE =
            Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());

    /** The result of one run, standard output and standard error together. */
    public record Outcome(int exitCode, String output) {}

    private StartScript() {}

    /** The script at the top of the source tree. */
    static Path ofSourceTree() {
        return SOURCE_TREE.resolve("offramp");
    }

    /** The script of the distribution. */
    public static Path ofDistribution() throws IOException {
        try (Stream<Path> paths =
                Files.find(SOURCE_TREE.resolve("proxy-app/target"), 4, (path, _) -> path.endsWith("bin/offramp"))) {
            return paths.findFirst().orElseThrow();
        }
    }

    /** The directory of the distribution. */
    static Path distribution() throws IOException {
        return ofDistribution().resolveSibling("..").normalize();
    }

    public static Process start(Path script, Path directory, String... args) throws IOException {
        return builder(script, directory, args).start();
    }

    /** The same with further flags for the JVM. */
    static Process start(Path script, Path directory, List<String> args, String javaOpts) throws IOException {
        ProcessBuilder builder = builder(script, directory, args.toArray(String[]::new));
        builder.environment().put("JAVA_OPTS", javaOpts);
        return builder.start();
    }

    public static Outcome run(Path script, Path directory, String... args) throws IOException, InterruptedException {
        return end(start(script, directory, args));
    }

    /**
     * Runs it with a PATH of one directory, and behind that the shell's usual tools without Maven.
     *
     * @param tools programs that replace the machine's
     */
    static Outcome runWithTools(Path script, Path tools, String... args) throws IOException, InterruptedException {
        Path usual = Files.createDirectories(script.resolveSibling("usual"));
        for (String tool : List.of("bash", "readlink", "dirname", "find", "mkdir", "rm", "touch", "cat")) {
            Path forwarder = Files.writeString(usual.resolve(tool), "#!/bin/sh\nexec /usr/bin/" + tool + " \"$@\"\n");
            assertThat(forwarder.toFile().setExecutable(true)).isTrue();
        }
        ProcessBuilder builder = builder(script, script.resolveSibling(""), args);
        builder.environment().put("PATH", tools + ":" + usual);
        return end(builder.start());
    }

    /** Waits for its end, a minute at most; its output fits into a pipe. */
    public static Outcome end(Process process) throws IOException, InterruptedException {
        try (var reader = process.inputReader()) {
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertThat(ended).as("ended within " + LIMIT_SECONDS + " s").isTrue();
            return new Outcome(
                    process.exitValue(), String.join("\n", reader.lines().toList()));
        } finally {
            process.destroyForcibly();
        }
    }

    private static ProcessBuilder builder(Path script, Path directory, String... args) {
        List<String> command = new ArrayList<>(ALL_SIGNALS);
        command.add(script.toString());
        command.addAll(List.of(args));
        return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    }
}
