package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A directory with a configuration and certificates, loaded with two backends. Problems are told without the directory.
 */
final class ConfigFile {
    private final Path directory;
    private final Path file;
    private final UnaryOperator<@Nullable String> environment;

    ConfigFile(Path directory) throws IOException {
        this(directory, _ -> null);
    }

    /** @param environment for references */
    ConfigFile(Path directory, UnaryOperator<@Nullable String> environment) throws IOException {
        this.directory = directory;
        this.environment = environment;
        this.file = directory.resolve("offramp.yaml");
        certificate("site");
    }

    /** Makes {@code name.pem}. */
    void certificate(String name) throws IOException {
        Path made = DevelopmentCertificate.create(directory.resolve("made-" + name));
        Files.copy(made, directory.resolve(name + ".pem"));
    }

    /** Makes a pipe that nobody has open: who opens it, waits. */
    Path pipe(String name) throws Exception {
        Path pipe = directory.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    Path file() {
        return file;
    }

    ConfigLoader loader() {
        return new ConfigLoader(
                List.of(
                        new FakeBackend("sw", Map.of(), false),
                        new FakeBackend("device", Map.of("contexts", "how many", "engines", "how many"), true)),
                directory.resolve("run"),
                environment);
    }

    ConfigResult load(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return loader().load(file);
    }

    /** Fails if it is rejected. */
    ProxyConfig loaded(String yaml) throws IOException {
        ConfigResult result = load(yaml);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return ((ConfigResult.Loaded) result).config();
    }

    /** What is wrong with it. */
    List<String> problems(String yaml) throws IOException {
        return switch (load(yaml)) {
            case ConfigResult.Loaded _ -> List.of();
            case ConfigResult.Rejected rejected -> texts(rejected.problems());
        };
    }

    /** What is doubtful about it; fails if it is rejected. */
    List<String> warnings(String yaml) throws IOException {
        ConfigResult result = load(yaml);
        assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
        return texts(((ConfigResult.Loaded) result).warnings());
    }

    private List<String> texts(List<ConfigProblem> problems) {
        return problems.stream()
                .map(each -> each.toString().replace(directory + "/", ""))
                .toList();
    }
}
