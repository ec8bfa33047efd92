package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a started process, and those that it starts, may do. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // pipes
class SandboxIT {
    /** A look into its own memory, of no byte: it changes nothing, and needs no privilege. */
    private static final String PROBE = """
            #!/bin/sh
            exec python3 -c '
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            result = libc.process_vm_readv(os.getpid(), 0, 0, 0, 0, 0)
            open("%s", "w").write("%%d %%d" %% (result, ctypes.get_errno()))'
            """;

    /** Runs a command under a filter that allows everything, as a container's would allow most. */
    private static final String FILTERED = """
            import ctypes, os, struct, sys
            NO_NEW_PRIVS, SECCOMP, FILTER, RETURN, ALLOW = 38, 22, 2, 6, 0x7fff0000
            libc, zero = ctypes.CDLL(None), ctypes.c_ulong(0)
            assert libc.prctl(NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero) == 0
            program = ctypes.create_string_buffer(struct.pack('HBBI', RETURN, 0, 0, ALLOW))
            head = ctypes.create_string_buffer(struct.pack('HP', 1, ctypes.addressof(program)))
            assert libc.prctl(SECCOMP, ctypes.c_ulong(FILTER), head, zero, zero) == 0
            os.execv(sys.argv[1], sys.argv[1:])
            """;

    private static final int EPERM = 1;

    @TempDir
    private Path directory;

    private Path config;
    private Path probe;
    private DemoUpstream upstream;

    @SuppressWarnings("NullAway.Init") // each test starts it, unless it is skipped
    private ProxyProcess proxy;

    private final List<Long> started = new ArrayList<>();

    @BeforeAll
    static void needsEpollAndPython() {
        assumeTrue(Epoll.isAvailable(), "no epoll");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
    }

    @BeforeEach
    void configure() throws Exception {
        upstream = DemoUpstream.start(0);
        DevelopmentCertificate.create(directory);
        config = directory.resolve("offramp.yaml");
        probe = Files.writeString(directory.resolve("probe"), PROBE.formatted(directory.resolve("probed")));
        Files.setPosixFilePermissions(probe, PosixFilePermissions.fromString("rwx------"));
    }

    @AfterEach
    void stop() throws Exception {
        started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        if (proxy != null) {
            proxy.close();
        }
        upstream.close();
    }

    @Test
    void shouldDenyTheCallsOfTheListInEachThread() throws Exception {
        // Given
        assumeTrue(Sandbox.unavailable() == null, "no seccomp");
        start("on", "-Dofframp.script=" + probe);
        assertThat(proxy.hasLogged(" system calls are denied (seccomp)")).isTrue();

        // When
        upgrade().readToEnd();

        // Then
        assertThat(directory.resolve("probed"))
                .as("in a process that it has started")
                .hasContent("-1 " + EPERM);
        try (var threads = Files.list(Path.of("/proc/" + proxy.pid() + "/task"))) {
            assertThat(threads.toList())
                    .hasSizeGreaterThan(5)
                    .allSatisfy(thread -> assertThat(Files.readString(thread.resolve("status")))
                            .contains("NoNewPrivs:\t1\n", "Seccomp:\t2\n"));
        }
        assertThat(lines("Specul", proxy.pid()))
                .as("no slower than a process without a filter")
                .isEqualTo(lines("Specul", ProcessHandle.current().pid()));
        assertThat(HeldRequest.get(proxy.port())).startsWith("HTTP/1.1 200");
    }

    @Test
    void shouldDenyNothingIfItIsOff() throws Exception {
        // Given
        assertThat(StartScript.run(probe, directory).exitCode()).isZero();
        String outside = Files.readString(directory.resolve("probed"));
        start("off", "-Dofframp.script=" + probe);
        assertThat(proxy.hasLogged("sandbox: off")).isTrue();

        // When
        Files.delete(directory.resolve("probed"));
        upgrade().readToEnd();

        // Then
        assertThat(directory.resolve("probed")).as("as on this machine").hasContent(outside);
    }

    @Test
    void shouldReloadAndUpgradeInsideAndAddNoSecondFilter() throws Exception {
        // Given
        assumeTrue(Sandbox.unavailable() == null, "no seccomp");
        start("on", "");
        assertThat(HeldRequest.get(proxy.port())).startsWith("HTTP/1.1 200");
        String filters = filters(proxy.pid());

        // When
        Files.writeString(config, Files.readString(config) + "limits: {head: 16k}\n");
        int reloaded = proxy.admin("POST", "/reload").statusCode();
        UpgradeRun upgrade = upgrade();
        upgrade.readToEnd();

        // Then
        assertThat(reloaded).isEqualTo(200);
        assertThat(upgrade.exitCode()).isZero();
        assertThat(filters(upgrade.pid())).isEqualTo(filters);
        assertThat(proxy.hasLogged("(seccomp), since the process before")).isTrue();
        assertThat(HeldRequest.get(proxy.port())).startsWith("HTTP/1.1 200");
        assertThat(proxy.metric("offramp_upgrades_total", "success")).isEqualTo(1);
    }

    @Test
    void shouldNotBelieveWhatNoProcessBeforeHasSaid() throws Exception {
        // Given
        assumeTrue(Sandbox.unavailable() == null, "no seccomp");
        Path filtered = Files.writeString(directory.resolve("filtered"), FILTERED);

        // When
        start(
                "on",
                "-Dofframp.script=" + probe,
                "export OFFRAMP_SANDBOX=2; exec python3 " + filtered + " \"$0\" run \"$1\"");
        upgrade().readToEnd();

        // Then
        assertThat(proxy.hasLogged("WARN  Serving: OFFRAMP_SANDBOX=2 in the environment is ignored"))
                .isTrue();
        assertThat(directory.resolve("probed")).hasContent("-1 " + EPERM);
    }

    /** The lines of seccomp in the state of a process; their number is there since Linux 5.9. */
    private static String filters(long pid) throws IOException {
        return lines("Seccomp", pid);
    }

    /** The lines with this beginning in the state of a process. */
    private static String lines(String beginning, long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith(beginning))
                .toList()
                .toString();
    }

    private void start(String sandbox, String javaOpts) throws IOException {
        start(sandbox, javaOpts, "true");
    }

    private void start(String sandbox, String javaOpts, String command) throws IOException {
        Files.writeString(config, """
                listeners:
                  - {bind: "127.0.0.1:0", tls: {cert: %s}, upstream: "127.0.0.1:%d"}
                admin: {bind: "127.0.0.1:0"}
                upgrade-socket: upgrade.sock
                sandbox: %s
                """.formatted(DevelopmentCertificate.FILE_NAME, upstream.port(), sandbox));
        proxy = ProxyProcess.inShell(config, javaOpts, "export OFFRAMP_NO_CACHE=1; " + command, "");
    }

    private UpgradeRun upgrade() throws IOException {
        return new UpgradeRun(
                StartScript.start(StartScript.ofDistribution(), directory, "upgrade", config.toString()), started);
    }
}
