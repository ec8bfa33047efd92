package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy in a process of its own, from the distribution, with one listener and an admin endpoint on ports of its own
 * choice.
 */
public final class ProxyProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on /?127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern ADMIN = Pattern.compile("admin on 127\\.0\\.0\\.1:(\\d+)");

    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final Process process;
    private final List<Integer> ports;
    private final int admin;

    /** Runs a configuration, and waits until it serves. */
    ProxyProcess(Path config) throws IOException {
        this(StartScript.start(StartScript.ofDistribution(), config.resolveSibling(""), "run", config.toString()));
    }

    private ProxyProcess(Process started) throws IOException {
        process = started;
        BufferedReader output = process.inputReader();
        Thread.ofVirtual().start(() -> output.lines().forEach(log::add));
        await().atMost(30, TimeUnit.SECONDS).until(() -> hasLogged("serving;") || !process.isAlive());
        ports = logged(LISTENING);
        admin = logged(ADMIN).getFirst();
    }

    /**
     * The same through a shell.
     *
     * @param javaOpts further flags for the JVM
     * @param limits a shell command before it, such as {@code ulimit -n 200}; {@code true} for none
     * @param outputs further arguments and redirections, or nothing
     */
    public static ProxyProcess inShell(Path config, String javaOpts, String limits, String outputs) throws IOException {
        List<String> command = new ArrayList<>(StartScript.ALL_SIGNALS);
        command.addAll(List.of("bash", "-c", limits + " && exec \"$0\" run \"$1\" " + outputs));
        command.addAll(List.of(StartScript.ofDistribution().toString(), config.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(config.resolveSibling("").toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_OPTS", javaOpts);
        return new ProxyProcess(builder.start());
    }

    /** Port of the first listener. */
    public int port() {
        return ports.getFirst();
    }

    /** Ports of all listeners, in the order of the configuration. */
    public List<Integer> ports() {
        return ports;
    }

    /** Port of the admin endpoint. */
    public int adminPort() {
        return admin;
    }

    /** Its number. */
    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Its resident memory in bytes: {@code VmRSS}. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    /** Its output so far. */
    public Queue<String> log() {
        return log;
    }

    boolean hasLogged(String part) {
        return log.stream().anyMatch(line -> line.contains(part));
    }

    /** SIGHUP. */
    void hangUp() throws IOException, InterruptedException {
        signal("HUP");
    }

    /** SIGUSR1. */
    void reopenLogs() throws IOException, InterruptedException {
        signal("USR1");
    }

    /** SIGTERM; waits for its end. */
    int stop() throws IOException, InterruptedException {
        signal("TERM");
        return process.waitFor();
    }

    /** SIGTERM. */
    void terminate() throws IOException, InterruptedException {
        signal("TERM");
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    /** A page of the admin endpoint. */
    public HttpResponse<String> admin(String method, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /** The value of a counter, summed over its labels; 0 if it is not there; label is empty for one without any. */
    double metric(String name, String label) throws IOException, InterruptedException {
        return admin("GET", "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") && line.contains(label)
                        || label.isEmpty() && line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** SIGKILL: its sockets close without close_notify. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    /** In the order of the log; at least one. */
    private List<Integer> logged(Pattern pattern) {
        List<Integer> found = log.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(match -> Integer.valueOf(match.group(1)))
                .toList();
        if (found.isEmpty()) {
            throw new AssertionError("not in " + log);
        }
        return found;
    }
}
