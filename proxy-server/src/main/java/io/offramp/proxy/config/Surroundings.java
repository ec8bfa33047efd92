package io.offramp.proxy.config;

import io.offramp.offload.OffloadProvider;
import java.nio.file.Path;
import java.util.SortedMap;

/**
 * What a file's values refer to.
 *
 * @param file relative names are relative to its directory
 * @param developmentCertificate where the development certificate is, or will be
 * @param backends by name
 */
record Surroundings(Path file, Path developmentCertificate, SortedMap<String, OffloadProvider> backends) {
    Path resolve(String name) {
        return file.resolveSibling(name);
    }
}
