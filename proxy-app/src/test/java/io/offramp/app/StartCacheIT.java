package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.StartScript.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The startup cache: used if it fits; otherwise reported, and the proxy starts without it. */
@Timeout(120)
class StartCacheIT {
    /** Makes the JVM exit if it cannot use the cache. */
    private static final String CACHE_OR_NOTHING = "-XX:AOTMode=on";

    @TempDir
    private Path directory;

    private Path config;

    @BeforeEach
    void writeConfig() throws IOException {
        config = Files.writeString(
                directory.resolve("proxy.yaml"),
                "listeners: [{bind: 127.0.0.1:0, tls: {development: true}, upstream: 127.0.0.1:1}]\n");
    }

    @Test
    void shouldStartFromTheCacheThatTheBuildHasMade() throws Exception {
        assertThat(linesUntilServing(StartScript.ofDistribution(), CACHE_OR_NOTHING))
                .noneMatch(line -> isOfTheJvm(line) || line.contains("slow start"));
    }

    @Test
    void shouldStartFromTheCacheWhenTheDistributionWasMovedWithItsDates() throws Exception {
        Path moved = copy(StandardCopyOption.COPY_ATTRIBUTES);

        assertThat(linesUntilServing(moved, CACHE_OR_NOTHING)).noneMatch(StartCacheIT::isOfTheJvm);
    }

    @Test
    void shouldSayInOneLineThatTheCacheDoesNotFitAndServe() throws Exception {
        Path otherDates = copy();

        List<String> lines = linesUntilServing(otherDates, "");
        assertThat(lines).noneMatch(StartCacheIT::isOfTheJvm);
        assertThat(lines.stream().filter(line -> line.contains("does not fit"))).hasSize(1);
    }

    @Test
    void shouldStartFromTheCacheWithAnotherHeap() throws Exception {
        assertThat(linesUntilServing(StartScript.ofDistribution(), CACHE_OR_NOTHING + " -Xmx64m"))
                .noneMatch(line -> isOfTheJvm(line) || line.contains("slow start"));
    }

    @Test
    void shouldSayInOneLineThatTheCacheDoesNotFitAnotherCollectorAndServe() throws Exception {
        List<String> lines = linesUntilServing(StartScript.ofDistribution(), "-XX:+UseZGC");

        assertThat(lines).noneMatch(StartCacheIT::isOfTheJvm);
        assertThat(lines.stream().filter(line -> line.contains("does not fit"))).hasSize(1);
    }

    @Test
    void shouldSayInOneLineThatThereIsNoCacheAndServe() throws Exception {
        Path script = copy(StandardCopyOption.COPY_ATTRIBUTES);
        Files.delete(script.resolveSibling("../offramp.aot"));

        assertThat(linesUntilServing(script, "").getFirst()).startsWith("offramp: no startup cache: ");
    }

    @Test
    void shouldSayThatThereIsNoCacheWhenAnArchiveHasBroughtAnEmptyOne() throws Exception {
        Path script = copy(StandardCopyOption.COPY_ATTRIBUTES);
        Files.write(script.resolveSibling("../offramp.aot"), new byte[0]);

        assertThat(linesUntilServing(script, "").getFirst()).startsWith("offramp: no startup cache: ");
    }

    @Test
    @Timeout(300)
    void shouldTrainWithoutAChangeToAnyJarAndStartFromThatCacheWithABackendOfOthers() throws Exception {
        // Given
        Path script = copy();
        List<FileTime> dates = dates(script);

        // When
        Process training = StartScript.start(script, directory, "train");

        // Then
        assertThat(training.waitFor()).isZero();
        assertThat(dates(script)).isEqualTo(dates);
        assertThat(linesUntilServing(script, CACHE_OR_NOTHING)).noneMatch(StartCacheIT::isOfTheJvm);

        // When
        Path plugins = script.resolveSibling("../plugins");
        Files.copy(jars(script).getFirst(), plugins.resolve("backend.jar"));

        // Then
        assertThat(linesUntilServing(script, CACHE_OR_NOTHING)).noneMatch(StartCacheIT::isOfTheJvm);
    }

    @Test
    void shouldFailAsEverWhenRunWithoutOptionsFindsNoFile() throws Exception {
        Outcome outcome = StartScript.run(StartScript.ofDistribution(), directory, "run", "missing.yaml");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.output())
                .contains("missing.yaml")
                .endsWith("1 problem")
                .doesNotContain("\tat ");
    }

    private static List<Path> jars(Path script) throws IOException {
        try (Stream<Path> files = Files.list(script.resolveSibling("../lib"))) {
            return files.sorted().toList();
        }
    }

    private static List<FileTime> dates(Path script) throws IOException {
        List<FileTime> dates = new ArrayList<>();
        for (Path jar : jars(script)) {
            dates.add(Files.getLastModifiedTime(jar));
        }
        return dates;
    }

    private List<String> linesUntilServing(Path script, String javaOpts) throws IOException {
        Process process = StartScript.start(script, directory, List.of("run", config.toString()), javaOpts);
        List<String> lines = new ArrayList<>();
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                if (line.contains("serving;")) {
                    return lines;
                }
            }
        } finally {
            process.destroyForcibly();
        }
        throw new AssertionError("did not serve: " + lines);
    }

    /** A log line of the JVM; ours begin with a date. */
    private static boolean isOfTheJvm(String line) {
        return line.startsWith("[");
    }

    /** A copy of the distribution; returns its start script. */
    private Path copy(CopyOption... options) throws IOException {
        Path from = StartScript.distribution();
        Path to = directory.resolve("copy");
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Files.copy(file, to.resolve(from.relativize(file).toString()), options);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return to.resolve("bin/offramp");
    }
}
