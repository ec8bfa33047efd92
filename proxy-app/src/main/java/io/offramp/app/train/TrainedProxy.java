package io.offramp.app.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy in a JVM of its own, with the flags and class path of {@code offramp run}. Its JVM records the classes that
 * it loads and links, and writes them to the cache at its end (JEP 483, JEP 514).
 */
final class TrainedProxy implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) ");
    private static final String SERVING = "serving;";
    private static final int LAST_LINES = 8;

    /**
     * Without profiles (JEP 515): with them the JVM compiles all that was hot in training, needed or not, before what
     * is hot now. The first seconds serve a third fewer requests (docs/BENCHMARKS.md).
     */
    private static final List<String> WITHOUT_PROFILES =
            List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

    private static final int END_LIMIT_S = 120;

    private final Process process;
    private final BufferedReader output;
    private final Deque<String> last = new ConcurrentLinkedDeque<>();
    private final List<Integer> ports = new ArrayList<>();
    private final Thread reader = Thread.ofVirtual().unstarted(this::readToEnd);

    private TrainedProxy(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /**
     * Starts it, and waits until it serves.
     *
     * @param home for the files that it writes
     * @param config listens on ports of 127.0.0.1
     * @param cache the file to be written
     * @throws IOException if it does not start; the message ends with its output
     */
    static TrainedProxy start(Path home, Path config, Path cache) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-XX:AOTCacheOutput=" + cache);
        command.addAll(WITHOUT_PROFILES);
        command.add("-Dofframp.home=" + home);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), "io.offramp.app.Main", "run", config.toString()));
        TrainedProxy proxy = new TrainedProxy(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        try {
            proxy.awaitServing();
            proxy.reader.start();
            return proxy;
        } catch (IOException e) {
            proxy.close();
            throw e;
        }
    }

    /** Ports of its listeners, in the order of the configuration. */
    List<Integer> ports() {
        return List.copyOf(ports);
    }

    /**
     * Stops it. Blocks for the seconds that writing the cache takes.
     *
     * @throws IOException if it did not end well
     */
    void stop() throws IOException, InterruptedException {
        process.toHandle().destroy(); // the process itself would close its output, too
        if (!process.waitFor(END_LIMIT_S, TimeUnit.SECONDS)) {
            throw failure("did not end within " + END_LIMIT_S + " s");
        }
        reader.join();
        if (process.exitValue() != 0) {
            throw failure("ended with " + process.exitValue());
        }
    }

    /** Its last output; call it after the end. */
    String said() {
        return String.join(System.lineSeparator(), last);
    }

    private void awaitServing() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            keep(line);
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                ports.add(Integer.valueOf(listening.group(1)));
            } else if (line.contains(SERVING)) {
                return;
            }
        }
        throw failure("did not start");
    }

    private void readToEnd() {
        output.lines().forEach(this::keep);
    }

    private void keep(String line) {
        if (last.size() == LAST_LINES) {
            last.removeFirst();
        }
        last.addLast(line);
    }

    private IOException failure(String what) {
        return new IOException("the proxy to be trained " + what + System.lineSeparator() + said());
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
