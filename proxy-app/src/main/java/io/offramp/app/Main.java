package io.offramp.app;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code offramp}: the command line. */
@Command(
        name = "offramp",
        description = "A TLS-terminating reverse proxy whose record layer can be offloaded, direction by direction.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            ProxyCommand.class,
            SessionsCommand.class,
            WhatIfCommand.class,
            VersionCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed at run time: a port in use, for example", "2:wrong usage or configuration"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp demo                        something to see",
            "  offramp check config/offramp.yaml   is this configuration right?",
            "  offramp run config/offramp.yaml     run it",
            "  offramp proxy --from :8443 --to 127.0.0.1:8080 --cert site.pem",
            "  offramp sessions                    who is connected, and where are the records protected?",
            "  curl -s localhost:9090/sessions | offramp whatif -"
        })
public final class Main implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command? demo, run, check, proxy, sessions, whatif, version");
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        int exitCode = commandLine().execute(args);
        System.exit(exitCode);
    }

    /** The commands, ready to be executed; prints to standard output and standard error unless told otherwise. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::onWrongUsage)
                .setExecutionExceptionHandler(Main::onFailure);
    }

    private static int onWrongUsage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(failure.getMessage());
        UnmatchedArgumentException.printSuggestions(failure, command.getErr());
        command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    /** One line for what a user can mend; a stack trace for what only we can. */
    private static int onFailure(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof CommandFailure expected) {
            expected.lines().forEach(err::println);
            return expected.exitCode();
        }
        err.println("offramp: " + failure);
        failure.printStackTrace(err);
        return CommandLine.ExitCode.SOFTWARE;
    }
}
