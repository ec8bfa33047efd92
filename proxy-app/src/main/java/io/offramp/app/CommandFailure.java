package io.offramp.app;

import java.io.Serial;
import java.util.List;
import picocli.CommandLine.ExitCode;

/** A command failed for a reason that its user can fix. Printed without a stack trace. */
final class CommandFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final List<String> lines;
    private final int exitCode;

    private CommandFailure(List<String> lines, int exitCode) {
        super(String.join(System.lineSeparator(), lines), null, false, false);
        this.lines = List.copyOf(lines);
        this.exitCode = exitCode;
    }

    /** Wrong usage or configuration. */
    static CommandFailure badConfig(List<String> lines) {
        return new CommandFailure(lines, ExitCode.USAGE);
    }

    /** A failure of this run: a port in use, for example. */
    static CommandFailure atRunTime(String line) {
        return new CommandFailure(List.of("offramp: " + line), ExitCode.SOFTWARE);
    }

    List<String> lines() {
        return lines;
    }

    int exitCode() {
        return exitCode;
    }
}
