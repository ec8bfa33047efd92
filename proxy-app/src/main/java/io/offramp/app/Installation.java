package io.offramp.app;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.config.ConfigLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The directory of this Offramp, and its backends.
 *
 * @param home holds {@code config} and {@code run}; set by the start script, otherwise the working directory
 * @param backends in the order of the class path
 */
record Installation(Path home, List<OffloadProvider> backends) {
    /** The installation that this process runs from. */
    static Installation current() {
        List<OffloadProvider> backends = ServiceLoader.load(OffloadProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return new Installation(Path.of(System.getProperty("offramp.home", "")), backends);
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
