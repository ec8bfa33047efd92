package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.net.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminConfigTest {
    @TempDir
    private Path dir;

    private ConfigFile config;

    @BeforeEach
    void prepare() throws Exception {
        config = new ConfigFile(dir);
        Path token = Files.writeString(dir.resolve("admin.token"), "0123456789abcdef\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    }

    private AdminConfig admin(String section) throws Exception {
        return Objects.requireNonNull(config.loaded(yaml(section)).admin());
    }

    @Test
    void shouldReadNamesAndAToken() throws Exception {
        AdminConfig admin = admin("{bind: ':9090', hosts: [Proxy.example, '2001:db8::1'], token-file: admin.token}");

        assertThat(admin.bind()).isEqualTo(new AdminAddress.Tcp(new HostPort("0.0.0.0", 9090)));
        assertThat(admin.hosts()).isEqualTo(Set.of("proxy.example", "2001:db8::1"));
        assertThat(admin.tokenFile()).isEqualTo(dir.resolve("admin.token"));
    }

    @Test
    void shouldFindAUnixSocketBesideTheFile() throws Exception {
        assertThat(admin("{bind: 'unix:admin.sock'}").bind())
                .isEqualTo(new AdminAddress.Unix(dir.resolve("admin.sock")))
                .hasToString("unix:" + dir.resolve("admin.sock"));
        assertThat(admin("{bind: unix:/run/offramp/admin.sock}").bind())
                .isEqualTo(new AdminAddress.Unix(Path.of("/run/offramp/admin.sock")));
    }

    @Test
    void shouldWarnOffLoopbackWithoutAToken() throws Exception {
        for (String bind : new String[] {"':9090'", "192.0.2.1:9090", "'[::]:9090'", "admin.internal:9090"}) {
            assertThat(config.warnings(yaml("{bind: " + bind + "}")))
                    .as(bind)
                    .singleElement()
                    .asString()
                    .startsWith("offramp.yaml:3:15: admin.bind: ")
                    .contains(" is not loopback, and no token is required: ");
        }
        for (String bind : new String[] {"127.0.0.1:9090", "'[::1]:9090'", "localhost:9090", "unix:admin.sock"}) {
            assertThat(config.warnings(yaml("{bind: " + bind + "}"))).as(bind).isEmpty();
        }
        assertThat(config.warnings(yaml("{bind: ':9090', token-file: admin.token}")))
                .isEmpty();
    }

    @Test
    void shouldWarnOfATokenThatOthersCanRead() throws Exception {
        Files.setPosixFilePermissions(dir.resolve("admin.token"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(config.warnings(yaml("{bind: ':9090', token-file: admin.token}")))
                .containsExactly("offramp.yaml:3:36: admin.token-file: everybody can read it: admin.token");
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        Files.writeString(dir.resolve("short.token"), "0123456789abcde\n");
        Files.writeString(dir.resolve("two.token"), "0123456789abcdef\n0123456789abcdef\n");

        assertThat(config.problems(yaml("{bind: 'unix:'}")))
                .containsExactly(
                        "offramp.yaml:3:15: admin.bind: expected host:port such as 127.0.0.1:9090, or unix:FILE, is "
                                + "\"unix:\"");
        assertThat(config.problems(yaml("{bind: ':9090', hosts: ['proxy.example:9090']}")))
                .containsExactly(
                        "offramp.yaml:3:32: admin.hosts[0]: expected a host name or address without a port, is "
                                + "\"proxy.example:9090\"");
        assertThat(config.problems(yaml("{bind: ':9090', token-file: missing.token}")))
                .containsExactly("offramp.yaml:3:36: admin.token-file: no such file: missing.token");
        for (String file : new String[] {"short.token", "two.token"}) {
            assertThat(config.problems(yaml("{bind: ':9090', token-file: " + file + "}")))
                    .containsExactly(
                            "offramp.yaml:3:36: admin.token-file: must be one line of at least 16 letters, digits and "
                                    + "-._~+/, "
                                    + "as openssl rand -hex 32 makes: " + file);
        }
        assertThat(config.problems(yaml("{bind: ':9090', token: x}")))
                .singleElement()
                .asString()
                .contains("admin.token: unknown key");
    }

    private static String yaml(String admin) {
        return """
                listeners:
                  - {bind: 127.0.0.1:8443, tls: {cert: site.pem}, upstream: 127.0.0.1:8080}
                admin: %s
                """.formatted(admin);
    }
}
