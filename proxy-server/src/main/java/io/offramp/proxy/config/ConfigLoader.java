package io.offramp.proxy.config;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a configuration and checks all of it, including the files that it names. A loaded configuration can be started,
 * unless a port is in use. Opens no socket and writes no file. Blocks. Immutable.
 */
public final class ConfigLoader {
    private final SortedMap<String, OffloadProvider> backends = new TreeMap<>();
    private final Path developmentCertificate;
    private final UnaryOperator<@Nullable String> environment;

    /**
     * Reads configurations for one installation.
     *
     * @param backends the known record-offload backends
     * @param stateDirectory for the certificate of {@code tls.development}, see {@link DevelopmentCertificate#create}
     */
    public ConfigLoader(Collection<OffloadProvider> backends, Path stateDirectory) {
        this(backends, stateDirectory, System::getenv);
    }

    /** @param environment in place of the process's own */
    ConfigLoader(
            Collection<OffloadProvider> backends, Path stateDirectory, UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
        backends.forEach(backend -> this.backends.put(backend.name(), backend));
        this.developmentCertificate = stateDirectory.resolve(DevelopmentCertificate.FILE_NAME);
    }

    /** Reads a YAML file and those that it includes. Names of files in them are relative to its directory. */
    public ConfigResult load(Path file) {
        return load(file, Documents::root);
    }

    /** As {@link #load(Path)}, but the file may be a pipe, as of {@code check <(make-config)}: waits for all of it. */
    public ConfigResult loadAny(Path file) {
        return load(file, Documents::rootOfAny);
    }

    private ConfigResult load(Path file, Function<Documents, @Nullable Node> reader) {
        Problems problems = new Problems(file.toString());
        Set<Path> files = new LinkedHashSet<>();
        Node root = reader.apply(new Documents(file, problems, new References(environment, file, files), files));
        ProxyConfig config = root == null ? null : read(new Value(root, "", problems), file);
        return config == null || problems.hasErrors()
                ? new ConfigResult.Rejected(files, problems.errors())
                : new ConfigResult.Loaded(config, files, problems.warnings());
    }

    /** True if a listener of this configuration uses the development certificate, which must exist before the start. */
    public boolean needsDevelopmentCertificate(ProxyConfig config) {
        return config.listeners().stream()
                .flatMap(listener -> Stream.ofNullable(listener.tls()))
                .flatMap(tls -> tls.certificates().stream())
                .anyMatch(certificate -> certificate.has(developmentCertificate));
    }

    private @Nullable ProxyConfig read(Value root, Path file) {
        return new ProxyReader(new Surroundings(file, developmentCertificate, backends)).read(root);
    }
}
