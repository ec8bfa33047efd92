package io.offramp.app;

import io.offramp.proxy.config.ConfigProblem;
import io.offramp.proxy.config.ConfigResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads a configuration for a command. */
final class ConfigFiles {
    private ConfigFiles() {}

    /**
     * Loads the file, which may be a pipe.
     *
     * @throws CommandFailure with one line for each problem
     */
    static ConfigResult.Loaded load(Installation installation, Path file) throws CommandFailure {
        return switch (installation.configLoader().loadAny(file)) {
            case ConfigResult.Loaded loaded -> loaded;
            case ConfigResult.Rejected rejected -> throw CommandFailure.badConfig(lines(rejected.problems()));
        };
    }

    private static List<String> lines(List<ConfigProblem> problems) {
        List<String> lines = new ArrayList<>();
        problems.forEach(problem -> lines.add(problem.toString()));
        lines.add(problems.size() == 1 ? "1 problem" : problems.size() + " problems");
        return lines;
    }
}
