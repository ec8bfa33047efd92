package io.offramp.proxy.config;

import io.offramp.offload.OffloadProvider;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * The things that values of a file refer to.
 *
 * @param file relative names are relative to its directory
 * @param developmentCertificate path of the development certificate, which may not exist yet
 * @param backends by name
 */
record Surroundings(Path file, Path developmentCertificate, SortedMap<String, OffloadProvider> backends) {
    Path resolve(String name) {
        return file.resolveSibling(name);
    }

    /** The name of a file, which need not exist. */
    Scalar<Path> path() {
        return new Scalar<>("the name of a file", name -> {
            try {
                return resolve(name);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("not a file name: " + e.getMessage(), e);
            }
        });
    }
}
