package io.offramp.app.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.CommandRun;
import io.offramp.app.StartScript;
import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What each command ends with in each way that it can end. A command that gets as far as starting a proxy runs in a
 * process of its own, by the start script; the others in this one.
 */
final class ExitCodes implements AutoCloseable {
    private static final List<String> COMMANDS = List.of(
            "demo",
            "run",
            "check",
            "proxy",
            "sessions",
            "certificates",
            "upstreams",
            "device",
            "whatif",
            "train",
            "schema",
            "completion",
            "version",
            "help");

    private final SortedSet<String> codes = new TreeSet<>();
    private final Path directory;
    private final String cert;
    private final String goodConfig;
    private final ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    private ExitCodes(Path directory) throws IOException {
        this.directory = directory;
        this.cert = DevelopmentCertificate.create(directory).toString();
        this.goodConfig = config("good.yaml", 0);
    }

    /**
     * As {@code run, port in use: 1}. Writes files into a directory.
     *
     * @param proxy one that runs, and asks for a token
     * @param capture of sessions
     */
    static SortedSet<String> in(Path directory, GoldenProxy proxy, Path capture) throws Exception {
        try (ExitCodes found = new ExitCodes(directory)) {
            Path token = Files.writeString(directory.resolve("token"), GoldenProxy.TOKEN);
            found.usage();
            found.configuration();
            found.serving();
            found.tools();
            found.sessions(proxy.admin(), token);
            found.whatIf(capture);
            return found.codes;
        }
    }

    private void usage() {
        add("no command");
        add("unknown command", "no-such-command");
        add("--help", "--help");
        add("--version", "--version");
        for (String command : COMMANDS) {
            add(command + ", --help", command, "--help");
            add(command + ", unknown option", command, "--no-such-option");
        }
    }

    private void configuration() throws IOException {
        String wrong = file("wrong.yaml", "listener: []\n");
        for (String command : List.of("check", "run")) {
            add(command + ", wrong configuration", command, wrong);
            add(command + ", no such configuration", command, missing());
        }
        add("check, good configuration", "check", goodConfig);
        String secrets = file(
                "secrets.yaml", Files.readString(Path.of(goodConfig)).replace("tls: {", "tls: {keylog: keys.txt, "));
        add("run, secrets without --unsafe-keylog", "run", secrets);
        add("proxy, no certificate", "proxy", "--from", "127.0.0.1:0", "--to", "127.0.0.1:1", "--cert", missing());
        add("proxy, unknown backend", proxy(0, "--backend", "no-such"));
        add("proxy, unknown setting", proxy(0, "--backend", "device", "--set", "no-such=1"));
        add("proxy, not a number", proxy(0, "--threads", "x"));
        add("demo, unknown backend", "demo", "--backend", "no-such");
    }

    private void serving() throws Exception {
        String inUse = config("in-use.yaml", taken.getLocalPort());
        addProcess("run, port in use", "run", inUse);
        addProcess("proxy, port in use", proxy(taken.getLocalPort()));
        addProcess("demo, port in use", "demo", "--port", "" + taken.getLocalPort(), "--admin-port", "0");
        addProcess("demo, --self-test", "demo", "--port", "0", "--admin-port", "0", "--self-test");
        for (String signal : List.of("TERM", "INT")) {
            addSignalled("run, SIG" + signal, signal, "run", goodConfig);
        }
        addSignalled("proxy, SIGTERM", "TERM", proxy(0));
        addSignalled("demo, SIGTERM", "TERM", "demo", "--port", "0", "--admin-port", "0");
    }

    private void tools() {
        add("version, done", "version");
        add("help, done", "help");
        add("train, without the start script", "train");
    }

    private void sessions(String admin, Path token) throws IOException {
        add("sessions, done", "sessions", "--admin", admin, "--token-file", token.toString());
        add("sessions, no token", "sessions", "--admin", admin);
        add("sessions, wrong interval", "sessions", "--admin", admin, "--watch", "0");
        add("sessions, no token file", "sessions", "--admin", admin, "--token-file", missing());
        add("upstreams, done", "upstreams", "--admin", admin, "--token-file", token.toString());
        add(
                "upstreams, no such server",
                "upstreams",
                "--drain",
                "a/b:1",
                "--admin",
                admin,
                "--token-file",
                token.toString());
        add("upstreams, no server", "upstreams", "--drain", "a", "--admin", admin);
        add("sessions, nobody listens", "sessions", "--admin", "unix:" + missing());
        try (DemoUpstream noProxy = DemoUpstream.start(0)) {
            add("sessions, no proxy", "sessions", "--admin", "127.0.0.1:" + noProxy.port());
        }
    }

    private void whatIf(Path capture) throws IOException {
        add("whatif, done", "whatif", capture.toString());
        add("whatif, wrong figure", "whatif", capture.toString(), "--contexts", "x");
        add("whatif, no such capture", "whatif", missing());
        add("whatif, not a capture", "whatif", goodConfig);
        String header = Files.readAllLines(capture).getFirst();
        add("whatif, no session", "whatif", file("none.csv", header + "\n"));
    }

    private String missing() {
        return directory.resolve("missing").toString();
    }

    private String config(String name, int port) throws IOException {
        return file(
                name,
                "listeners: [{bind: '127.0.0.1:%d', tls: {cert: %s}, upstream: '127.0.0.1:1'}]\n"
                        .formatted(port, cert));
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private void add(String outcome, String... command) {
        codes.add(outcome + ": " + CommandRun.of(command).exitCode());
    }

    private void addProcess(String outcome, String... command) throws IOException, InterruptedException {
        codes.add(outcome + ": "
                + StartScript.run(StartScript.ofDistribution(), directory, command)
                        .exitCode());
    }

    /** Of a command that is sent a signal once it serves. */
    private void addSignalled(String outcome, String signal, String... command)
            throws IOException, InterruptedException {
        Process process = StartScript.start(StartScript.ofDistribution(), directory, command);
        try {
            assertThat(process.inputReader().lines().anyMatch(line -> line.contains("serving;")))
                    .as(outcome)
                    .isTrue();
            assertThat(new ProcessBuilder("kill", "-" + signal, "" + process.pid())
                            .start()
                            .waitFor())
                    .isZero();
            codes.add(outcome + ": " + StartScript.end(process).exitCode());
        } finally {
            process.destroyForcibly();
        }
    }

    private String[] proxy(int port, String... more) {
        List<String> command = new ArrayList<>(List.of("proxy", "--from", "127.0.0.1:" + port, "--to", "127.0.0.1:1"));
        command.addAll(List.of("--cert", cert));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }

    @Override
    public void close() throws IOException {
        taken.close();
    }
}
