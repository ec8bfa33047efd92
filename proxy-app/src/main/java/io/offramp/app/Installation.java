package io.offramp.app;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.config.ConfigLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The directory of this Offramp, and its backends.
 *
 * @param home holds {@code config} and {@code run}; set by the start script, otherwise the working directory
 * @param backends in the order of the class path
 */
record Installation(Path home, List<OffloadProvider> backends) {
    /**
     * The installation that this process runs from.
     *
     * @throws CommandFailure if a backend refuses a system property: an AEAD engine that is not there
     */
    static Installation current() throws CommandFailure {
        List<OffloadProvider> backends = ServiceLoader.load(OffloadProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        for (OffloadProvider backend : backends) {
            requireProperties(backend);
        }
        return new Installation(Path.of(System.getProperty("offramp.home", "")), backends);
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
