package io.offramp.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * A command run in this process.
 *
 * @param exitCode what the process would end with
 * @param out what it printed
 * @param err what it complained of
 */
public record CommandRun(int exitCode, String out, String err) {
    /** Runs a command to its end. */
    public static CommandRun of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new CommandRun(commandLine.execute(args), out.toString(), err.toString());
    }

    /** Runs a command that ends when something else does; {@code out} shows what it has printed so far. */
    public static int into(StringWriter out, StringWriter err, String... args) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }
}
