package io.offramp.proxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects the problems of one file, so that a user sees all of them at once. */
final class Problems {
    private final String file;
    private final List<ConfigProblem> errors;
    private final List<ConfigProblem> warnings;

    /** @param file as the user named it */
    Problems(String file) {
        this(file, new ArrayList<>(), new ArrayList<>());
    }

    private Problems(String file, List<ConfigProblem> errors, List<ConfigProblem> warnings) {
        this.file = file;
        this.errors = errors;
        this.warnings = warnings;
    }

    /** The same collection, for problems of another file that have no place in it. */
    Problems of(String other) {
        return new Problems(other, errors, warnings);
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

    /** Each once: a default is read again for each route. */
    List<ConfigProblem> errors() {
        return errors.stream().distinct().sorted(inOrder()).toList();
    }

    List<ConfigProblem> warnings() {
        return warnings.stream().distinct().sorted(inOrder()).toList();
    }

    /** Those of this file first, then file by file, each from top to bottom. */
    private Comparator<ConfigProblem> inOrder() {
        return Comparator.<ConfigProblem, Boolean>comparing(
                        problem -> !problem.file().equals(file))
                .thenComparing(ConfigProblem::file)
                .thenComparingInt(ConfigProblem::line)
                .thenComparingInt(ConfigProblem::column);
    }

    private ConfigProblem problem(Optional<Mark> at, String path, String message) {
        return at.map(mark ->
                        new ConfigProblem(mark.getName(), mark.getLine() + 1, mark.getColumn() + 1, path, message))
                .orElseGet(() -> new ConfigProblem(file, 0, 0, path, message));
    }
}
