package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command line without a process: outputs and exit codes. */
class CommandLineTest {
    private record Outcome(int exitCode, String out, String err) {}

    @TempDir
    private Path directory;

    @Test
    void shouldAskForACommandWhenThereIsNone() {
        assertThat(execute())
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "which command? demo, run, check, routes, proxy, sessions, certificates, upstreams, reload, "
                                + "upgrade, device, whatif, train, schema, completion, version\nSee "
                                + "offramp --help\n"));
    }

    @Test
    void shouldSuggestACommandWhenThereIsNoSuchOne() {
        // When
        Outcome outcome = execute("chekc");

        // Then
        assertThat(outcome.exitCode).isEqualTo(2);
        assertThat(outcome.err)
                .isEqualTo("Unmatched argument at index 0: 'chekc'\n"
                        + "Did you mean: offramp check or offramp schema or offramp help?\n"
                        + "See offramp --help\n");
    }

    @Test
    void shouldRefuseWhenAnOptionIsUnknown() {
        assertThat(execute("demo", "--prot"))
                .isEqualTo(new Outcome(2, "", "Unknown option: '--prot'\nSee offramp demo --help\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "run",
                "check",
                "routes",
                "proxy",
                "sessions",
                "certificates",
                "upstreams",
                "device",
                "whatif",
                "schema",
                "completion",
                "version"
            })
    void shouldPrintHelpWithExamplesWhenAskedTo(String command) {
        // When
        Outcome outcome = execute(command, "--help");

        // Then
        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.err).isEmpty();
        assertThat(outcome.out)
                .startsWith("Usage: offramp " + command)
                .containsPattern("Examples?:\n +offramp " + command);
    }

    @Test
    void shouldAskForACommandOfTheDeviceWhenThereIsNone() {
        assertThat(execute("device"))
                .isEqualTo(new Outcome(2, "", "which command? stats, health, set, trace\nSee offramp device --help\n"));
    }

    @Test
    void shouldRefuseAModeThatIsNone() {
        assertThat(execute("sessions", "--admin", "127.0.0.1:1", "--mode", "HW"))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "--mode: expected one of sw, hw, hw-record, none, is HW\nSee offramp sessions --help\n"));
    }

    @Test
    void shouldListCommandsAndExitCodesWhenAskedForHelp() {
        // When
        Outcome outcome = execute("--help");

        // Then
        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.out)
                .contains(
                        "  demo  ",
                        "  run  ",
                        "  check  ",
                        "  proxy  ",
                        "  sessions  ",
                        "  device  ",
                        "  whatif  ",
                        "  version  ",
                        "Exit codes:",
                        "Examples:");
    }

    @Test
    void shouldRefuseADirectionWhoseFeatureIsOffByName() throws IOException {
        Path config = Files.writeString(directory.resolve("device.yaml"), """
                listeners:
                  - bind: 127.0.0.1:0
                    tls: {development: true}
                    offload: {backend: device, tx: hw, rx: hw}
                    upstream: 127.0.0.1:1
                offload:
                  device: {profile: linux-6.18}
                """);

        assertThat(execute("check", config.toString()).err)
                .isEqualTo(config + ":4:44: listeners[0].offload.rx: hw is not possible: tls-hw-rx-offload is off "
                        + "(profile linux-6.18)\n1 problem\n");
        assertThat(execute("demo", "--rx", "hw", "--set", "tls-hw-rx-offload=off"))
                .isEqualTo(new Outcome(
                        2, "", "--rx: hw is not possible: tls-hw-rx-offload is off (profile connectx-6dx)\n"));
    }

    @Test
    void shouldRefuseModesOfDirectionsWhenTheDeviceOwnsTheConnections() {
        assertThat(execute("demo", "--hw-record", "--tx", "hw").err)
                .contains("--hw-record: is for both directions, without --tx and --rx");
        assertThat(execute("demo", "--tx", "hw_record").err)
                .contains("--hw-record: is for both directions, without --tx and --rx");
    }

    @Test
    void shouldRefuseHwRecordWhenTheBackendTakesNoConnections() {
        assertThat(execute("demo", "--hw-record", "--backend", "sw").err)
                .contains("--hw-record: sw takes no whole connections");
    }

    @Test
    void shouldNameJavaAndBackendsWhenAskedForTheVersion() {
        // When
        Outcome outcome = execute("version");

        // Then
        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.out.lines())
                .anyMatch(line -> line.matches("offramp \\d+\\.\\d+\\.\\d+.*"))
                .anyMatch(line -> line.startsWith("java " + Runtime.version().feature()))
                .anyMatch(line -> line.matches("backend sw: records on the host CPU by .+ for aes-gcm-128.*"))
                .anyMatch(line -> line.startsWith("backend device: "));
    }

    @Test
    void shouldSayThatAConfigurationIsGoodWhenItIs() throws IOException {
        // Given
        Path cert = DevelopmentCertificate.create(directory);
        Path file = write(
                "listeners: [{bind: ':8443', tls: {cert: " + cert.getFileName() + "}, upstream: '127.0.0.1:80'}]");

        // When, Then
        assertThat(execute("check", file.toString()))
                .isEqualTo(new Outcome(0, file + ": good, 1 listener, 1 upstream\n", ""));
    }

    @Test
    void shouldWarnOfAnAddressWhoseZoneIsNotThere() throws IOException {
        Path cert = DevelopmentCertificate.create(directory);
        Path file = write("listeners: [{bind: ':8443', tls: {cert: " + cert.getFileName()
                + "}, upstream: '[fe80::1%no-such-0]:80'}]");

        assertThat(execute("check", file.toString()).out)
                .startsWith("warning: upstream [fe80::1%no-such-0]:80: [fe80::1%no-such-0]:80 cannot be reached: "
                        + "there is no such interface now\n");
    }

    @Test
    void shouldWarnOfAServerWhoseNameDoesNotResolve() throws IOException {
        // Given
        Path cert = DevelopmentCertificate.create(directory);
        Path file = write("listeners: [{bind: ':8443', tls: {cert: " + cert.getFileName()
                + "}, upstream: 'no-such-name.invalid:80'}]");

        // When
        Outcome outcome = execute("check", file.toString());

        // Then
        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.out)
                .startsWith("warning: upstream no-such-name.invalid:80: no-such-name.invalid:80 has no address now: "
                        + "the name does not resolve\n");
    }

    @Test
    void shouldPrintWarningsWhenAConfigurationIsGoodButDoubtful() throws IOException {
        // Given
        Path file = write("listeners: [{bind: ':8443', tls: {development: true}, upstream: '127.0.0.1:80'}]");

        // When
        Outcome outcome = execute("check", file.toString());

        // Then
        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.out).startsWith("warning: " + file + ":1:34: listeners[0].tls: development certificate: ");
    }

    @Test
    void shouldTakeWarningsForErrorsWhenCheckingStrictly() throws IOException {
        Path doubtful = write("listeners: [{bind: ':8443', tls: {development: true}, upstream: '127.0.0.1:80'}]");

        assertThat(execute("check", "--strict", doubtful.toString())).satisfies(outcome -> {
            assertThat(outcome.exitCode).isEqualTo(2);
            assertThat(outcome.out).isEmpty();
            assertThat(outcome.err)
                    .startsWith(doubtful + ":1:34: listeners[0].tls: development certificate: ")
                    .endsWith("\n1 warning\n");
        });

        Path cert = DevelopmentCertificate.create(directory);
        Path good = write(
                "listeners: [{bind: ':8443', tls: {cert: " + cert.getFileName() + "}, upstream: '127.0.0.1:80'}]");
        assertThat(execute("check", "--strict", good.toString()).exitCode).isZero();
    }

    @Test
    void shouldPrintTheSettingsOfBackendsWhenAskedTo() {
        assertThat(execute("version", "--settings").out.lines())
                .anyMatch(line -> line.matches("  contexts +\\S.*"))
                .anyMatch(line -> line.matches("  splice +\\S.*"));
        assertThat(execute("version").out).doesNotContain("  contexts ");
    }

    @Test
    void shouldPrintAScriptThatCompletesCommandsAndOptions() throws IOException, InterruptedException {
        // Given
        Path script = Files.writeString(directory.resolve("completion"), execute("completion").out);

        // When
        Process bash = new ProcessBuilder("bash", "-c", """
                        source "$0"
                        COMP_WORDS=(offramp che) COMP_CWORD=1; _complete_offramp; echo "${COMPREPLY[@]}"
                        COMP_WORDS=(offramp check --str) COMP_CWORD=2; _complete_offramp; echo "${COMPREPLY[@]}"
                        """, script.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        // Then
        assertThat(bash.waitFor()).isZero();
        assertThat(said).isEqualTo("check\n--strict\n");
    }

    @Test
    void shouldSayWhyThereIsNoDevelopmentCertificate() throws IOException {
        // Given
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.writeString(home.resolve("run"), "a file in the place of the directory");
        Path file = write("listeners: [{bind: '127.0.0.1:0', tls: {development: true}, upstream: '127.0.0.1:80'}]");
        System.setProperty("offramp.home", home.toString());

        try {
            // When
            Outcome outcome = execute("run", file.toString());

            // Then
            assertThat(outcome.exitCode).isEqualTo(1);
            assertThat(outcome.err)
                    .endsWith("offramp: cannot make a development certificate in " + home.resolve("run")
                            + ": is no directory: " + home.resolve("run") + "\n");
        } finally {
            System.clearProperty("offramp.home");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "run"})
    void shouldPrintAllProblemsWhenAConfigurationIsWrong(String command) throws IOException {
        // Given
        Path file = write("listener: []\nthreads: x\n");

        // When, Then
        assertThat(execute(command, file.toString())).isEqualTo(new Outcome(2, "", """
                        %1$s:1:1: listener: unknown key, did you mean "listeners"?
                        %1$s:1:1: missing "listeners": a list of {bind, tls, upstream}
                        %1$s:2:10: threads: expected a number, is "x"
                        3 problems
                        """.formatted(file)));
    }

    @Test
    void shouldRefuseWhenTheConfigurationIsMissing() {
        assertThat(execute("run", "no-such.yaml"))
                .isEqualTo(new Outcome(2, "", "no-such.yaml: no such file\n1 problem\n"));
    }

    @Test
    void shouldRefuseWhenACertificateCannotServe() {
        assertThat(proxy("--cert", "no-such.pem")).isEqualTo(new Outcome(2, "", "--cert: no such file: no-such.pem\n"));
    }

    @Test
    void shouldRefuseWhenAnAddressIsNone() throws IOException {
        Path cert = DevelopmentCertificate.create(directory);
        assertThat(execute("proxy", "--from", "8443", "--to", "127.0.0.1:1", "--cert", cert.toString()))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "Invalid value for option '--from': expected host:port such as 0.0.0.0:8443 or :8443, is "
                                + "\"8443\"\n"
                                + "See offramp proxy --help\n"));
    }

    @Test
    void shouldRefuseWhenTheBackendDoesNotFit() throws IOException {
        String cert = DevelopmentCertificate.create(directory).toString();
        assertThat(proxy("--cert", cert, "--backend", "dpu"))
                .isEqualTo(new Outcome(2, "", "--backend: unknown backend \"dpu\"; known are device, ktls, sw\n"));
        assertThat(proxy("--cert", cert, "--backend", "sw", "--tx", "hw"))
                .isEqualTo(
                        new Outcome(2, "", "--backend: sw is software only; --tx and --rx can be nothing else then\n"));
        assertThat(proxy("--cert", cert, "--threads", "-1"))
                .isEqualTo(new Outcome(2, "", "--threads: expected a number from 1 on, is -1\n"));
    }

    @Test
    void shouldWriteNoSecretsUnlessTheCommandLineAllowsIt() throws IOException {
        Path cert = DevelopmentCertificate.create(directory);
        Path keys = directory.resolve("keys.txt");
        String refusal = ": tls.keylog: writes the secrets of all sessions to " + keys
                + "; that needs --unsafe-keylog on the command line as well\n";
        Path file = write(
                "listeners: [{name: web, bind: ':0', upstream: 'a:1', tls: {cert: " + cert + ", keylog: keys.txt}}]");

        assertThat(execute("run", file.toString())).isEqualTo(new Outcome(2, "", "web" + refusal));
        assertThat(proxy("--cert", cert.toString(), "--keylog", keys.toString()))
                .isEqualTo(new Outcome(2, "", "0.0.0.0:8443" + refusal));
        assertThat(keys).doesNotExist();
    }

    @Test
    void shouldCaptureNothingUnlessTheCommandLineAllowsIt() throws IOException {
        Path cert = DevelopmentCertificate.create(directory);
        Path capture = directory.resolve("nic.pcapng");
        String refusal = "offload.device.pcap: writes the secrets of all sessions to " + capture
                + "; that needs --unsafe-keylog on the command line as well\n";
        Path file = write("listeners: [{name: web, bind: ':0', upstream: 'a:1', tls: {cert: " + cert
                + "}, offload: {backend: device}}]\noffload: {device: {pcap: " + capture + "}}");

        assertThat(execute("run", file.toString())).isEqualTo(new Outcome(2, "", refusal));
        assertThat(proxy("--cert", cert.toString(), "--tx", "hw", "--set", "pcap=" + capture))
                .isEqualTo(new Outcome(2, "", refusal));
        assertThat(capture).doesNotExist();
    }

    @Test
    void shouldSayWhyACaptureCannotBeTraced() throws IOException {
        Path file = directory.resolve("nic.pcapng");
        assertThat(execute("device", "trace", file.toString()).err()).contains("nic.pcapng: no such file");

        Files.writeString(file, "something else");

        assertThat(execute("device", "trace", file.toString())).satisfies(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err()).contains(file + ": is no pcapng file");
        });
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("offramp.yaml"), yaml);
    }

    private static Outcome proxy(String... more) {
        String[] args = {"proxy", "--from", ":8443", "--to", "127.0.0.1:8080"};
        return execute(Stream.of(args, more).flatMap(Arrays::stream).toArray(String[]::new));
    }

    private static Outcome execute(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Outcome(commandLine.execute(args), out.toString(), err.toString());
    }
}
