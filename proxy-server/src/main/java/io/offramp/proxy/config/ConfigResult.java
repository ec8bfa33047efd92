package io.offramp.proxy.config;

import java.util.List;

/** The result of loading a configuration. */
public sealed interface ConfigResult {
    /**
     * It can be run.
     *
     * @param warnings in the order of the file
     */
    record Loaded(ProxyConfig config, List<ConfigProblem> warnings) implements ConfigResult {
        /** Copies the list. */
        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * It cannot.
     *
     * @param problems all of them, in the order of the file; at least one
     */
    record Rejected(List<ConfigProblem> problems) implements ConfigResult {
        /** Copies the list. */
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}
