package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.access.Facility;
import io.offramp.proxy.access.Fifo;
import io.offramp.proxy.access.LineFilter;
import io.offramp.proxy.access.LineFormat;
import io.offramp.proxy.access.LogBuffer;
import io.offramp.proxy.access.LogTarget;
import io.offramp.proxy.access.Rotation;
import io.offramp.proxy.net.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogConfigTest {
    @TempDir
    private Path dir;

    private ConfigFile config;

    @BeforeEach
    void prepare() throws Exception {
        config = new ConfigFile(dir);
    }

    private static String yaml(String access) {
        return """
                listeners:
                  - {bind: ":8443", tls: {cert: site.pem}, upstream: "127.0.0.1:8080"}
                logging:
                  access: %s
                """.formatted(access);
    }

    private AccessLogConfig access(String section) throws Exception {
        return config.loaded(yaml(section)).logging().access();
    }

    private void assertProblem(String section, String problem) throws Exception {
        assertThat(config.problems(yaml(section))).as(section).containsExactly(problem);
    }

    @Test
    void shouldWriteTextToStandardOutputByDefault() throws Exception {
        AccessLogConfig expected =
                new AccessLogConfig(new LogTarget.Stdout(), LineFormat.TEXT, LineFilter.ALL, LogBuffer.DEFAULTS);
        assertThat(access("true")).isEqualTo(expected).isEqualTo(AccessLogConfig.DEFAULTS);
        assertThat(access("{}")).isEqualTo(expected);
        assertThat(access("{to: stdout, format: text}")).isEqualTo(expected);
    }

    @Test
    void shouldBeOffOnDemand() throws Exception {
        assertThat(access("false").isOff()).isTrue();
        assertThat(access("{to: off}").isOff()).isTrue();
        assertThat(access("true").isOff()).isFalse();
    }

    @Test
    void shouldReadAllOfAFile() throws Exception {
        AccessLogConfig access = access("""

                    to: file:access.log
                    format: "{peer} {{{status}}}"
                    only: {errors: true, slower-than: 2s, share: 0.25}
                    mode: "0604"
                    rotate: {size: 100m, every: 24h, keep: 3}
                    buffer: {block: 16k, total: 1m, delay: 1s}
                """);

        assertThat(access)
                .isEqualTo(new AccessLogConfig(
                        new LogTarget.File(
                                dir.resolve("access.log"),
                                PosixFilePermissions.fromString("rw----r--"),
                                new Rotation(100 << 20, Duration.ofHours(24), 3)),
                        LineFormat.parse("{peer} {{{status}}}"),
                        new LineFilter(true, TimeUnit.SECONDS.toNanos(2), 0.25),
                        new LogBuffer(16 << 10, 1 << 20, Duration.ofSeconds(1))));
    }

    @Test
    void shouldReadDefaultsOfAFile() throws Exception {
        String modes = "rw-r-----";
        assertThat(access("{to: 'file:access.log', format: json, rotate: {size: 64k}}")
                        .target())
                .isEqualTo(new LogTarget.File(
                        dir.resolve("access.log"),
                        PosixFilePermissions.fromString(modes),
                        new Rotation(64 << 10, null, 7)));
        assertThat(access("{to: 'file:/dev/null', only: {slower-than: 1s}}").filter())
                .isEqualTo(new LineFilter(false, TimeUnit.SECONDS.toNanos(1), 0));
        assertThat(access("{to: 'file:/dev/null', mode: 666}").target())
                .isEqualTo(
                        new LogTarget.File(Path.of("/dev/null"), PosixFilePermissions.fromString("rw-rw-rw-"), null));
    }

    @Test
    void shouldReadSockets() throws Exception {
        assertThat(access("{to: 'unix:log.sock'}").target()).isEqualTo(new LogTarget.Datagram(dir.resolve("log.sock")));
        assertThat(access("{to: 'syslog:/dev/log', facility: daemon}").target())
                .isEqualTo(new LogTarget.LocalSyslog(Path.of("/dev/log"), Facility.DAEMON));
        assertThat(access("{to: 'syslog:logs.example'}").target())
                .isEqualTo(new LogTarget.Syslog(new HostPort("logs.example", 514), Facility.LOCAL7));
        assertThat(access("{to: 'syslog:[::1]:1514'}").target())
                .isEqualTo(new LogTarget.Syslog(new HostPort("::1", 1514), Facility.LOCAL7));
    }

    @Test
    void shouldRefuseWhatIsNeitherAFileNorADevice() throws Exception {
        Fifo.make(dir.resolve("fifo"));
        for (String name : List.of("fifo", ".")) {
            assertThat(config.problems(yaml("{to: 'file:" + name + "'}")))
                    .singleElement()
                    .asString()
                    .startsWith("offramp.yaml:4:16: logging.access.to: ")
                    .endsWith(" is neither a regular file nor a character device");
        }
    }

    @Test
    void shouldNotRotateADeviceOrALink() throws Exception {
        Files.createSymbolicLink(dir.resolve("link"), Files.createFile(dir.resolve("elsewhere")));

        assertProblem(
                "{to: 'file:/dev/null', rotate: {size: 64k}}",
                "offramp.yaml:4:16: logging.access.to: /dev/null is no regular file, so it cannot rotate");
        assertThat(config.problems(yaml("{to: 'file:link', rotate: {every: 24h}}")))
                .singleElement()
                .asString()
                .endsWith("link is no regular file, so it cannot rotate");
        assertThat(access("{to: 'file:link'}").isOff()).isFalse();
    }

    @Test
    void shouldSayWhatIsWrongAndWhere() throws Exception {
        assertProblem(
                "on",
                "offramp.yaml:4:11: logging.access: expected true, false or a mapping with to, format and others, is "
                        + "\"on\"");
        assertProblem(
                "{to: 'files:a'}",
                "offramp.yaml:4:16: logging.access.to: expected off, stdout, file:FILE, unix:SOCKET, syslog:HOST:PORT "
                        + "or syslog:/dev/log, is \"files:a\"");
        assertProblem("{to: 'file:no/access.log'}", "offramp.yaml:4:16: logging.access.to: there is no directory no");
        assertProblem(
                "{to: 'syslog:a:b'}",
                "offramp.yaml:4:16: logging.access.to: expected host:port such as 127.0.0.1:8080, is \"a:b\"");
        assertProblem(
                "{format: '{peer} {statsu}'}",
                "offramp.yaml:4:20: logging.access.format: unknown field {statsu}; known are time, date, id, "
                        + "listener, peer, method, target, host, status, in, out, ms, upstream, sni, version, cipher, "
                        + "resumed, client, fingerprint, txconf, rxconf, txwhy, rxwhy, abort, protocol, "
                        + "stream, uptxconf, uprxconf");
        assertProblem(
                "{rotate: {size: 1m}}", "offramp.yaml:4:20: logging.access.rotate: is for a file only; see \"to\"");
        assertProblem("{mode: 640}", "offramp.yaml:4:18: logging.access.mode: is for a file only; see \"to\"");
        assertProblem("{facility: user}", "offramp.yaml:4:22: logging.access.facility: is for syslog only; see \"to\"");
        assertProblem(
                "{to: 'file:a', mode: 888}",
                "offramp.yaml:4:32: logging.access.mode: expected a file mode such as \"0640\", is \"888\"");
        assertProblem(
                "{to: 'file:a', rotate: {keep: 3}}",
                "offramp.yaml:4:34: logging.access.rotate: needs size, every or both");
        assertProblem(
                "{only: {}}",
                "offramp.yaml:4:18: logging.access.only: needs errors, slower-than, share or several of them");
        assertProblem(
                "{only: {share: 1%}}",
                "offramp.yaml:4:26: logging.access.only.share: expected a share such as 0.01, is \"1%\"");
        assertProblem(
                "{only: {slower-than: 999999999h}}",
                "offramp.yaml:4:32: logging.access.only.slower-than: must be at most 876000h, is 999999999h");
        assertProblem("{only: {share: 1.5}}", "offramp.yaml:4:26: logging.access.only.share: must be 0 to 1, is 1.5");
        assertProblem(
                "{buffer: {block: 64k, total: 32k}}",
                "offramp.yaml:4:20: logging.access.buffer: total is less than a block");
    }
}
