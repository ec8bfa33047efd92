package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no configuration at all. */
class YamlFileTest {
    private static final String LISTENER =
            "listeners: [{bind: '127.0.0.1:0', tls: {cert: site.pem}, upstream: '127.0.0.1:80'}]\n";

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeFile() throws IOException {
        file = new ConfigFile(directory);
    }

    @Test
    void shouldTellPlaceAndReasonWhenTheSyntaxIsWrong() throws IOException {
        assertThat(file.problems("listeners:\n  - bind: [::1]:8443\n"))
                .containsExactly("offramp.yaml:2:12: not valid YAML: while parsing a flow node, "
                        + "expected the node content, but found ':'");
        assertThat(file.problems("listeners:\n\t- bind: x\n"))
                .containsExactly("offramp.yaml:2:1: not valid YAML: while scanning for the next token, "
                        + "found character '\\t(TAB)' that cannot start any token. "
                        + "(Do not use \\t(TAB) for indentation)");
        assertThat(file.problems("a: 1\n---\nb: 2\n"))
                .containsExactly("offramp.yaml:2:1: not valid YAML: expected a single document in the stream, "
                        + "but found another document");
        assertThat(file.problems("a: *nowhere\n"))
                .containsExactly("offramp.yaml:1:4: not valid YAML: found undefined alias nowhere");
    }

    @Test
    void shouldTellWhenTheFileIsNoMapping() throws IOException {
        String expected =
                "expected a mapping with include, listeners, upstreams, admin, timeouts, limits, offload, logging, "
                        + "threads, reload, warmup, upgrade-overlap, upgrade-socket, pid-file, sandbox, is ";
        assertThat(file.problems("# nothing\n")).containsExactly("offramp.yaml: is empty");
        assertThat(file.problems("hello\n")).containsExactly("offramp.yaml:1:1: " + expected + "\"hello\"");
        assertThat(file.problems("- a\n")).containsExactly("offramp.yaml:1:1: " + expected + "a list");
        assertThat(file.problems("[a]: 1\nlisteners: 5\n"))
                .containsExactly(
                        "offramp.yaml:1:1: expected a key, is a list",
                        "offramp.yaml:2:12: listeners: expected a list of listeners, is \"5\"");
        assertThat(file.problems("threads: 1\n"))
                .containsExactly("offramp.yaml:1:1: missing \"listeners\": a list of {bind, tls, upstream}");
    }

    @Test
    void shouldTellWhenTheFileCannotBeRead() throws IOException {
        assertThat(file.loader().load(Path.of("no-such.yaml")))
                .hasToString("Rejected[files=[no-such.yaml], problems=[no-such.yaml: no such file]]");
        assertThat(file.loader().load(Path.of("."))).hasToString("Rejected[files=[.], problems=[.: is a directory]]");
        Files.write(file.file(), new byte[] {'a', ':', (byte) 0xff, '\n'});
        assertThat(file.loader().load(file.file()))
                .hasToString("Rejected[files=[" + file.file() + "], problems=[" + file.file()
                        + ": is not UTF-8 text: byte 0xff at offset 2, on line 1]]");
        Files.writeString(file.file(), "a: 1\nb: ü\nc: é\n", StandardCharsets.ISO_8859_1);
        assertThat(file.loader().load(file.file()).toString())
                .contains(": is not UTF-8 text: byte 0xfc at offset 8, on line 2");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForAPipe() throws Exception {
        Path pipe = file.pipe("pipe");

        assertThat(file.loader().load(pipe)).hasToString(rejected(pipe, "is not a regular file"));
        assertThat(file.loader().load(Path.of("/dev/null")))
                .hasToString(rejected(Path.of("/dev/null"), "is not a regular file"));
        assertThat(file.problems(LISTENER + "include: pipe\n")).containsExactly("pipe: is not a regular file");
        assertThat(file.problems(LISTENER + "threads: ${file:pipe}\n"))
                .containsExactly("offramp.yaml:2:10: threads: pipe: is not a regular file");
        assertThat(file.problems(LISTENER.replace("site.pem", "pipe")))
                .containsExactly("offramp.yaml:1:47: listeners[0].tls.cert: is not a regular file: pipe");
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldReadAPipeToItsEndWhenItIsGiven() throws Exception {
        Path pipe = file.pipe("pipe");
        Process writer =
                new ProcessBuilder("sh", "-c", "printf '%s' \"$1\" >\"$2\"", "sh", LISTENER, pipe.toString()).start();

        assertThat(file.loader().loadAny(pipe)).isInstanceOf(ConfigResult.Loaded.class);
        assertThat(writer.waitFor()).isZero();
        assertThat(file.loader().loadAny(Path.of("/dev/zero")))
                .hasToString(rejected(Path.of("/dev/zero"), "is larger than 1 MiB"));
    }

    private static String rejected(Path path, String problem) {
        return "Rejected[files=[" + path + "], problems=[" + path + ": " + problem + "]]";
    }

    @Test
    void shouldRefuseWhenTheFileIsHuge() throws IOException {
        assertThat(file.problems("# padding\n".repeat(200_000))).containsExactly("offramp.yaml: is larger than 1 MiB");
    }

    @Test
    void shouldRefuseWhenNestingIsDeep() throws IOException {
        assertThat(file.problems("[".repeat(100_000)))
                .containsExactly("offramp.yaml:1:21: not valid YAML: nested deeper than 20 levels");
    }

    @Test
    void shouldRefuseWhenAliasesMultiply() throws IOException {
        // Given
        StringBuilder yaml = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 20; i++) {
            yaml.append(
                    "a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(9)));
        }

        // When, Then
        assertThat(file.problems(yaml.toString()))
                .containsExactly("offramp.yaml: not valid YAML: "
                        + "Number of aliases for non-scalar nodes exceeds the specified max=50");
    }

    @Test
    void shouldReadAliasesWhenThereAreFew() throws IOException {
        assertThat(file.loaded("""
                                listeners:
                                  - {bind: ":8443", tls: &tls {cert: site.pem}, upstream: "127.0.0.1:80"}
                                  - {bind: ":8444", tls: *tls, upstream: "127.0.0.1:80"}
                                """).listeners()).hasSize(2);
    }

    @Test
    void shouldMergeWhatAnAliasNames() throws IOException {
        // Given
        String yaml = """
                x-common: &common {tls: {cert: site.pem}, upstream: "127.0.0.1:80", mode: tcp}
                x-name: &name {name: one, mode: http}
                listeners:
                  - {<<: [*name, *common], bind: ":8443"}
                  - {bind: ":8444", upstream: "127.0.0.1:81", <<: *common}
                """;

        // When
        List<ListenerConfig> listeners = file.loaded(yaml).listeners();

        // Then
        assertThat(listeners.getFirst().name()).isEqualTo("one");
        assertThat(listeners.getFirst().mode()).isEqualTo(ListenerConfig.Mode.HTTP);
        assertThat(listeners.getLast().mode()).isEqualTo(ListenerConfig.Mode.TCP);
        assertThat(listeners.getLast().routes().getFirst().upstream()).isEqualTo("127.0.0.1:81");
    }

    @Test
    void shouldRefuseAMergeOfSomethingElse() throws IOException {
        assertThat(file.problems("<<: 5\n"))
                .contains("offramp.yaml:1:5: << takes a mapping or a list of them, such as an alias of one");
        assertThat(file.problems("timeouts: &t {<<: *t}\n"))
                .contains("offramp.yaml:1:11: timeouts.<<: contains itself");
        assertThat(file.problems("listeners: &all [*all]\n"))
                .contains("offramp.yaml:1:12: listeners[0]: contains itself");
    }
}
