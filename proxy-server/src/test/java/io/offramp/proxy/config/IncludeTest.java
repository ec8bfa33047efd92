package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.COLLECTION;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration in several files. */
class IncludeTest {
    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeFile() throws IOException {
        file = new ConfigFile(directory);
        Files.createDirectory(file.path("conf.d"));
    }

    @Test
    void shouldAddWhatOtherFilesHold() throws IOException {
        // Given
        write("conf.d/20-b.yaml", "listeners: " + listener(2, "two") + "\nupstreams: {two: ['127.0.0.1:82']}\n");
        write("conf.d/10-a.yaml", "upstreams: {one: ['127.0.0.1:81']}\ntimeouts: {idle: 7s}\n");
        write("conf.d/.10-a.yaml.swp", "nonsense");
        write("more.yaml", "listeners: " + listener(3, "one"));

        // When
        ProxyConfig config = file.loaded(
                "include: [conf.d/*.yaml, more.yaml]\nlisteners: " + listener(1, "one") + "\ntimeouts: {drain: 3s}\n");

        // Then
        assertThat(config.listeners()).extracting(each -> each.bind().port()).containsExactly(1, 2, 3);
        assertThat(config.upstreams()).containsOnlyKeys("one", "two");
        assertThat(config.drain()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.servers().idleTimeout()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void shouldNameTheFileOfAProblem() throws IOException {
        write("conf.d/a.yaml", "upstreams:\n  one: ['127.0.0.1:99999']\nlimit: {}\n");
        write("conf.d/b.yaml", "threads: 1\ninclude: c.yaml\n");
        write("conf.d/c.yaml", "[\n");
        write("conf.d/d.yaml", "- a\n");

        assertThat(file.problems("include: conf.d/*.yaml\nlisteners: " + listener(1, "one") + "\nthreads: 2\n"))
                .containsExactlyInAnyOrder(
                        "conf.d/a.yaml:2:9: upstreams.one[0]: port must be at most 65535, is 99999",
                        "conf.d/a.yaml:3:1: limit: unknown key, did you mean \"limits\"?",
                        "conf.d/b.yaml:1:1: threads: duplicate key, first on line 3 of offramp.yaml",
                        "conf.d/b.yaml:2:1: include: only the main file includes others",
                        "conf.d/c.yaml:2:1: not valid YAML: while parsing a flow node, expected the node content, but "
                                + "found '<stream end>'",
                        "conf.d/d.yaml:1:1: expected a mapping, as in the file that includes it");
    }

    @Test
    void shouldRefuseFilesThatAreNotThere() throws IOException {
        String rest = "\nlisteners: " + listener(1, "127.0.0.1:80");

        assertThat(file.problems("include: nowhere/*.yaml" + rest))
                .containsExactly("offramp.yaml:1:10: include: no such directory: nowhere/*.yaml");
        assertThat(file.problems("include: [none.yaml]" + rest)).containsExactly("none.yaml: no such file");
        assertThat(file.problems("include: '*.yaml'" + rest))
                .containsExactly("offramp.yaml:1:10: include: includes itself");
        assertThat(file.problems("include: {a: b}" + rest))
                .containsExactly("offramp.yaml:1:10: include: expected the name of a file, such as conf.d/*.yaml, is "
                        + "a mapping");
        assertThat(file.loaded("include: conf.d/*.yaml" + rest).listeners()).hasSize(1);
    }

    @Test
    void shouldNameAllFilesThatItsTextCameFrom() throws IOException {
        // Given
        write("conf.d/a.yaml", "upstreams: {one: ['127.0.0.1:${file:secrets/port}']}\n");
        write("conf.d/b.txt", "not one of them");
        Files.createDirectory(file.path("secrets"));
        write("secrets/port", "81");
        String yaml = "include: [conf.d/*.yaml, later/*.yaml, none.yaml]\nlisteners: " + listener(1, "one") + "\n";
        Path[] read = {
            file.file(),
            file.path("conf.d"),
            file.path("conf.d/a.yaml"),
            file.path("later"),
            file.path("none.yaml"),
            file.path("secrets/port")
        };

        // Then
        assertThat(file.load(yaml))
                .isInstanceOf(ConfigResult.Rejected.class)
                .extracting(ConfigResult::files, as(COLLECTION))
                .containsExactlyInAnyOrder((Object[]) read);
        Files.createDirectory(file.path("later"));
        write("none.yaml", "threads: 1\n");
        assertThat(file.load(yaml))
                .isInstanceOf(ConfigResult.Loaded.class)
                .extracting(ConfigResult::files, as(COLLECTION))
                .containsExactlyInAnyOrder((Object[]) read);
    }

    private void write(String name, String yaml) throws IOException {
        Files.writeString(file.path(name), yaml);
    }

    private static String listener(int port, String upstream) {
        return "[{bind: '127.0.0.1:" + port + "', tls: {cert: site.pem}, upstream: '" + upstream + "'}]";
    }
}
