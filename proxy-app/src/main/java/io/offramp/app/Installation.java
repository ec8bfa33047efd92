package io.offramp.app;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.config.ConfigLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Where this Offramp lives and what it brings along.
 *
 * @param home holds {@code config} and {@code run}; the start script says where, the working directory otherwise
 * @param backends in the order of the class path
 */
record Installation(Path home, List<OffloadProvider> backends) {
    /** The one that this process runs from. */
    static Installation current() {
        List<OffloadProvider> backends = ServiceLoader.load(OffloadProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return new Installation(Path.of(System.getProperty("offramp.home", "")), backends);
    }

    /** What {@code run} reads where no file is named. */
    Path defaultConfig() {
        return home.resolve("config").resolve("offramp.yaml");
    }

    /** What is written at run time: the development certificate. */
    Path stateDirectory() {
        return home.resolve("run");
    }

    ConfigLoader configLoader() {
        return new ConfigLoader(backends, stateDirectory());
    }
}
