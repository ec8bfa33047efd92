package io.offramp.proxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects the problems of one file, so that a user sees all of them at once. */
final class Problems {
    private static final Comparator<ConfigProblem> IN_ORDER_OF_FILE =
            Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column);

    private final String file;
    private final List<ConfigProblem> errors = new ArrayList<>();
    private final List<ConfigProblem> warnings = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void error(Optional<Mark> at, String path, String message) {
        errors.add(problem(at, path, message));
    }

    void warn(Optional<Mark> at, String path, String message) {
        warnings.add(problem(at, path, message));
    }

    boolean hasErrors() {
        return !errors.isEmpty();
    }

    List<ConfigProblem> errors() {
        return errors.stream().sorted(IN_ORDER_OF_FILE).toList();
    }

    List<ConfigProblem> warnings() {
        return warnings.stream().sorted(IN_ORDER_OF_FILE).toList();
    }

    private ConfigProblem problem(Optional<Mark> at, String path, String message) {
        return at.map(mark -> new ConfigProblem(file, mark.getLine() + 1, mark.getColumn() + 1, path, message))
                .orElseGet(() -> new ConfigProblem(file, 0, 0, path, message));
    }
}
