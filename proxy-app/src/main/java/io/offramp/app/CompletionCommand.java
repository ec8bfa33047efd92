package io.offramp.app;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and options. */
@Command(
        name = "completion",
        description = "Prints a script for bash and zsh that completes commands and options.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  offramp completion > /etc/bash_completion.d/offramp", "  source <(offramp completion)"})
final class CompletionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        // With all commands, also those that this process did not need.
        spec.commandLine().getOut().print(AutoComplete.bash("offramp", Main.commandLine()));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
