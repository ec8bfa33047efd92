package io.offramp.proxy.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The result of loading a configuration. */
public sealed interface ConfigResult {
    /**
     * The files that its text came from: the file itself, those that it includes, and those of its references. A
     * directory stands for the files that a pattern may find there. None of them need exist.
     */
    Set<Path> files();

    /**
     * It can be run.
     *
     * @param files see {@link #files}
     * @param warnings in the order of the file
     */
    record Loaded(ProxyConfig config, Set<Path> files, List<ConfigProblem> warnings) implements ConfigResult {
        /** Copies the collections. */
        public Loaded {
            files = Set.copyOf(files);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * It cannot.
     *
     * @param files see {@link #files}
     * @param problems all of them, in the order of the file; at least one
     */
    record Rejected(Set<Path> files, List<ConfigProblem> problems) implements ConfigResult {
        /** Copies the collections. */
        public Rejected {
            files = Set.copyOf(files);
            problems = List.copyOf(problems);
        }
    }
}
