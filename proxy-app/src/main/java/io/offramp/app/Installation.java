package io.offramp.app;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.config.ConfigLoader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of this Offramp, and its backends.
 *
 * @param home holds {@code config} and {@code run}; set by the start script, otherwise the working directory
 * @param backends in the order of the class path
 */
record Installation(Path home, List<OffloadProvider> backends) {
    private static final Logger LOG = LoggerFactory.getLogger(Installation.class);
    private static final Path PLUGINS = Path.of("plugins");

    /**
     * The installation that this process runs from.
     *
     * @throws CommandFailure if a backend refuses a system property: an AEAD engine that is not there
     */
    static Installation current() throws CommandFailure {
        checkPlugins(System.getProperty("java.class.path", ""));
        List<OffloadProvider> backends = working();
        for (OffloadProvider backend : backends) {
            requireProperties(backend);
        }
        return new Installation(Path.of(System.getProperty("offramp.home", "")), backends);
    }

    /** Logs which plugins are no jars: the JVM leaves them out silently. */
    static void checkPlugins(String classPath) {
        for (String entry : classPath.split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            if (PLUGINS.equals(jar.getParent() == null ? null : jar.getParent().getFileName())) {
                try {
                    new ZipFile(jar.toFile()).close();
                } catch (IOException e) {
                    LOG.warn("{} cannot be loaded, and is left out: {}", jar, e.getMessage());
                }
            }
        }
    }

    /** All backends of the class path but those that cannot be loaded: one bad jar must not stop the others. */
    private static List<OffloadProvider> working() {
        List<OffloadProvider> backends = new ArrayList<>();
        Iterator<OffloadProvider> all =
                ServiceLoader.load(OffloadProvider.class).iterator();
        while (true) {
            try {
                if (!all.hasNext()) {
                    return List.copyOf(backends);
                }
                backends.add(all.next());
            } catch (ServiceConfigurationError | LinkageError e) { // names the class, or the file in the jar
                String cause = e.getCause() == null ? "" : ": " + e.getCause();
                LOG.warn("a backend cannot be loaded, and is left out: {}{}", e.getMessage(), cause);
            }
        }
    }

    /**
     * What a backend without settings refuses can only be a property. Asked here, so that nothing else gets the blame.
     */
    private static void requireProperties(OffloadProvider backend) throws CommandFailure {
        if (backend.settings().isEmpty()) {
            try {
                backend.open(Map.of()).close();
            } catch (IllegalArgumentException e) {
                throw CommandFailure.badConfig(List.of("offramp: " + e.getMessage()));
            }
        }
    }

    /** The configuration of {@code run} without a file. */
    Path defaultConfig() {
        return home.resolve("config").resolve("offramp.yaml");
    }

    /** For files written at run time: the development certificate. */
    Path stateDirectory() {
        return home.resolve("run");
    }

    ConfigLoader configLoader() {
        return new ConfigLoader(backends, stateDirectory());
    }
}
