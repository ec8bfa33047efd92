package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.OperatingSystemMXBean;
import io.offramp.app.StartScript.Outcome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start script's flags for memory, collector and outputs. */
@Timeout(120)
class StartFlagsIT {
    private static final long MIB = 1 << 20;
    private static final String ALL_FLAGS = "-XX:+PrintFlagsFinal";

    @TempDir
    private Path directory;

    @Test
    void shouldTakeAQuarterOfTheMachineForHeapAndForDirectMemory() throws Exception {
        Outcome outcome = version(ALL_FLAGS);

        long all = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        long quarter = Math.clamp(all / 4, 64 * MIB, 2048 * MIB);
        assertThat(flag(outcome, "MaxHeapSize")).isCloseTo(quarter, offset(4 * MIB));
        assertThat(flag(outcome, "MaxDirectMemorySize")).isEqualTo(quarter);
        assertThat(flag(outcome, "UseSerialGC")).isEqualTo(1);
    }

    @Test
    void shouldTakeAQuarterOfWhatItsControlGroupMayHave() throws Exception {
        Path group = controlGroup(400 * MIB);
        try {
            Outcome outcome = StartScript.end(inGroup(group, "version", ALL_FLAGS));
            assertThat(flag(outcome, "MaxHeapSize")).isEqualTo(100 * MIB);
            assertThat(flag(outcome, "MaxDirectMemorySize")).isEqualTo(100 * MIB);

            Process serving = inGroup(group, "run", "");
            assertThat(lineOf(serving, "memory: heap")).contains("direct 84 MiB", "container 400 MiB");
        } finally {
            await().untilAsserted(() -> Files.delete(group)); // once all its processes have ended
        }
    }

    @Test
    void shouldLeaveCollectorHeapAndDirectMemoryToJavaOpts() throws Exception {
        Outcome outcome = version(ALL_FLAGS + " -XX:+UseParallelGC -Xmx96m -XX:MaxDirectMemorySize=160m");

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(flag(outcome, "UseParallelGC")).isEqualTo(1);
        assertThat(flag(outcome, "UseSerialGC")).isZero();
        assertThat(flag(outcome, "MaxHeapSize")).isEqualTo(96 * MIB);
        assertThat(flag(outcome, "MaxDirectMemorySize")).isEqualTo(160 * MIB);
    }

    @Test
    void shouldTakeAHeapThatIsSmallerThanOurInitialOne() throws Exception {
        assertThat(version("-Xmx32m").output()).startsWith("offramp ");
        assertThat(version("-XX:MaxRAMPercentage=10").output()).startsWith("offramp ");
    }

    @Test
    void shouldKeepMoreFreeHeapWhereTheUserWantsIt() throws Exception {
        assertThat(flag(version(ALL_FLAGS), "MaxHeapFreeRatio")).isEqualTo(40);
        assertThat(version("-XX:MinHeapFreeRatio=50").output()).startsWith("offramp ");
    }

    @Test
    void shouldTakeAnInitialHeapThatIsLargerThanOurLargest() throws Exception {
        Outcome outcome = version(ALL_FLAGS + " -Xms2500m");

        assertThat(flag(outcome, "InitialHeapSize")).isEqualTo(2500 * MIB);
        assertThat(flag(outcome, "MaxHeapSize")).isEqualTo(2500 * MIB);
    }

    @Test
    void shouldHaveBuffersStopShortOfTheJvmsLimit() throws Exception {
        assertThat(lineOf(serving("-XX:MaxDirectMemorySize=160m"), "memory: heap"))
                .contains(" direct 144 MiB,");
    }

    @Test
    void shouldWarnOfWhatADescriptorLimitDoesNotAllow() throws Exception {
        Path config = config("limits: {connections: 100000}\n");
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -n 400 && exec \"$0\" run \"$1\"",
                        StartScript.ofDistribution().toString(),
                        config.toString())
                .redirectErrorStream(true)
                .start();

        int own = 64 + 3 * Runtime.getRuntime().availableProcessors();
        int clients = (400 - own) / 4 * 3;
        assertThat(lineOf(process, "limits.connections is"))
                .endsWith("limits.connections is 100000, but of 400 descriptors (RLIMIT_NOFILE) " + clients
                        + " are for clients");
    }

    @Test
    void shouldGiveTheNumberOfAClosedOutputToNoOtherFile() throws Exception {
        Path config = config("");
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "exec \"$0\" run \"$1\" >&- 2>&-",
                        StartScript.ofDistribution().toString(),
                        config.toString())
                .start();
        try {
            Path own = Path.of("/proc/" + process.pid());
            await().until(() -> Files.readString(own.resolve("comm")).startsWith("java"));
            assertThat(own.resolve("fd/1").toRealPath()).isEqualTo(Path.of("/dev/null"));
            assertThat(own.resolve("fd/2").toRealPath()).isEqualTo(Path.of("/dev/null"));
        } finally {
            process.destroyForcibly();
        }
    }

    private Outcome version(String javaOpts) throws Exception {
        return StartScript.end(
                StartScript.start(StartScript.ofDistribution(), directory, List.of("version"), javaOpts));
    }

    private Process serving(String javaOpts) throws IOException {
        return StartScript.start(
                StartScript.ofDistribution(),
                directory,
                List.of("run", config("").toString()),
                javaOpts);
    }

    private Path config(String more) throws IOException {
        return Files.writeString(
                directory.resolve("proxy.yaml"),
                "listeners: [{bind: 127.0.0.1:0, tls: {development: true}, upstream: 127.0.0.1:1}]\n" + more);
    }

    private Process inGroup(Path group, String command, String javaOpts) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "bash",
                        "-c",
                        "echo $$ >\"$0/cgroup.procs\" && exec \"$1\" $2 \"$3\"",
                        group.toString(),
                        StartScript.ofDistribution().toString(),
                        command,
                        command.equals("run") ? config("").toString() : "--")
                .directory(directory.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_OPTS", javaOpts);
        return builder.start();
    }

    /** A control group below that of this process, if it may make one; version 1 or 2. */
    private static Path controlGroup(long bytes) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            boolean v1 = List.of(parts[1].split(",")).contains("memory");
            Path mount = Path.of(v1 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup");
            Path group = Path.of(mount + parts[2])
                    .resolve("offramp-" + ProcessHandle.current().pid());
            if ((v1 || parts[1].isEmpty()) && Files.isWritable(group.getParent()) && make(group)) {
                Path limit = group.resolve(v1 ? "memory.limit_in_bytes" : "memory.max");
                if (Files.isWritable(limit)) {
                    Files.writeString(limit, "" + bytes);
                    return group;
                }
                Files.delete(group);
            }
        }
        assumeTrue(false, "no control group can be made here: that takes root, and a memory controller");
        throw new AssertionError();
    }

    private static boolean make(Path group) {
        try {
            Files.createDirectory(group);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String lineOf(Process process, String part) throws IOException {
        try (var output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.contains(part)) {
                    return line;
                }
            }
        } finally {
            process.destroyForcibly().onExit().join();
        }
        throw new AssertionError("ended before it said: " + part);
    }

    /** Value of a flag in {@value #ALL_FLAGS}; 1 for true. */
    private static long flag(Outcome outcome, String name) {
        Matcher found = Pattern.compile(" " + name + " += (\\S+)").matcher(outcome.output());
        assertThat(found.find()).as(name + " in " + outcome.output()).isTrue();
        return switch (found.group(1)) {
            case "true" -> 1;
            case "false" -> 0;
            default -> Long.parseLong(found.group(1));
        };
    }
}
