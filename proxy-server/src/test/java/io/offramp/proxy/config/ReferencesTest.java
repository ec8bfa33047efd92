package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values from the environment and from files. */
class ReferencesTest {
    private static final String SECRET = "hunter2-very-secret";

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeFile() throws IOException {
        file = new ConfigFile(
                directory,
                Map.of(
                        "CERT",
                        "site.pem",
                        "HOST",
                        "127.0.0.1",
                        "N",
                        "3",
                        "EMPTY",
                        "",
                        "SECRET",
                        SECRET,
                        "USER",
                        "hunter2")::get);
    }

    @Test
    void shouldTakeValuesFromTheEnvironment() throws IOException {
        // Given
        String yaml = """
                listeners:
                  - {bind: "${HOST}:8443", tls: {cert: ${CERT}}, upstream: "${HOST}:80", name: ${NAME:-a, b: [c]}}
                threads: ${N}   # not ${THIS}
                """;

        // When
        ProxyConfig config = file.loaded(yaml);

        // Then
        assertThat(config.listeners().getFirst().bind()).hasToString("127.0.0.1:8443");
        assertThat(config.listeners().getFirst().name()).isEqualTo("a, b: [c]");
        assertThat(config.threads()).isEqualTo(3);
    }

    @Test
    void shouldTakeADefaultWhenAVariableIsMissingOrEmpty() throws IOException {
        assertThat(file.loaded(yaml("name: ${MISSING:-one}"))
                        .listeners()
                        .getFirst()
                        .name())
                .isEqualTo("one");
        assertThat(file.loaded(yaml("name: \"${EMPTY:-two}-${HOST:-three}\""))
                        .listeners()
                        .getFirst()
                        .name())
                .isEqualTo("two-127.0.0.1");
    }

    @Test
    void shouldTakeTheContentOfAFileWithoutItsLastLineEnd() throws IOException {
        Files.writeString(file.path("name.txt"), "from: {a} file\n");
        assertThat(file.loaded(yaml("name: ${file:name.txt}"))
                        .listeners()
                        .getFirst()
                        .name())
                .isEqualTo("from: {a} file");
    }

    @Test
    void shouldLeaveTextAloneWhenItsDollarIsDoubled() throws IOException {
        assertThat(file.loaded(yaml("name: $${HOST}")).listeners().getFirst().name())
                .isEqualTo("${HOST}");
        assertThat(file.loaded(yaml("name: a$HOST-$")).listeners().getFirst().name())
                .isEqualTo("a$HOST-$");
    }

    @Test
    void shouldSayWhichReferenceLeadsNowhere() throws IOException {
        assertThat(file.problems(yaml("name: ${MISSING}")))
                .containsExactly("offramp.yaml:1:93: listeners[0].name: the environment has no MISSING; "
                        + "${MISSING:-text} is for one that may be missing");
        assertThat(file.problems(yaml("name: ${file:no-such.txt}")))
                .containsExactly("offramp.yaml:1:93: listeners[0].name: no-such.txt: no such file");
        assertThat(file.problems(yaml("name: ${A B}")))
                .containsExactly("offramp.yaml:1:93: listeners[0].name: expected ${NAME}, ${NAME:-text} or "
                        + "${file:NAME}, is \"${A B}\" ($${ is a text that begins with ${)");
    }

    @Test
    void shouldKeepValuesOutOfMessages() throws IOException {
        Files.writeString(file.path("secret.txt"), SECRET + "\n");
        String[] wrong = {
            "listeners: [{bind: \"${SECRET}\", tls: {cert: ${SECRET}, versions: [\"${SECRET}\"]},"
                    + " upstream: ${SECRET}}]",
            "listeners: [{bind: \"${SECRET}:99999\", tls: {cert: site.pem}, upstream: \"${SECRET}:99999\"}]",
            "listeners: [{bind: \":1\", tls: {cert: site.pem, ciphers: [\"${file:secret.txt}\"]}, upstream: \"a:1\"}]\n"
                    + "threads: ${SECRET}\nlimits: {head: x${SECRET}}\ntimeouts: {idle: \"${SECRET}\"}\n"
                    + "admin: {bind: \":2\", token-file: ${SECRET}}",
            "${SECRET}: 1"
        };

        for (String yaml : wrong) {
            assertThat(file.problems(yaml))
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem).doesNotContainIgnoringCase(SECRET));
        }
        assertThat(file.problems(yaml("mode: ${SECRET}")))
                .containsExactly("offramp.yaml:1:93: listeners[0].mode: expected http or tcp, is \"${SECRET}\"");
        assertThat(file.problems(yaml("bind: x").replace("cert: site.pem", "cert: \"${USER}${SECRET}\"")))
                .as("a part of another")
                .contains("offramp.yaml:1:50: listeners[0].tls.cert: no such file: ……, from \"${USER}${SECRET}\"");
        assertThat(file.problems(yaml("bind: x").replace("cert: site.pem", "cert: ${SECRET}")))
                .contains("offramp.yaml:1:50: listeners[0].tls.cert: no such file: …, from \"${SECRET}\"");
    }

    private static String yaml(String more) {
        return "listeners: [{bind: \"127.0.0.1:8443\", tls: {cert: site.pem}, upstream: \"127.0.0.1:80\", " + more
                + "}]";
    }
}
