package io.offramp.app;

import io.offramp.app.man.ManPage;
import io.offramp.offload.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Parameters;

/** Writes the man pages of all commands. For packages, so it is not in the help. */
@Command(
        name = "man",
        hidden = true,
        description = "Writes a man page for each command: DIRECTORY/offramp-reload.1 and so on.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ManCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIRECTORY", description = "where they go; it is made if need be")
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Override
    public Integer call() throws CommandFailure {
        try {
            Files.createDirectories(directory);
            write(Main.commandLine()); // with all commands, also those that this process did not need
        } catch (IOException e) {
            throw CommandFailure.atRunTime(directory + ": " + FileFailure.reason(e));
        }
        return ExitCode.OK;
    }

    private void write(CommandLine parent) throws IOException {
        for (CommandLine each : parent.getSubcommands().values()) {
            boolean isShown = !each.getCommandSpec().usageMessage().hidden()
                    && !(each.getCommandSpec().userObject() instanceof HelpCommand);
            if (isShown) {
                String name = ManPage.name(each.getCommandSpec());
                Files.writeString(directory.resolve(name + ".1"), ManPage.of(each.getCommandSpec()));
                write(each);
            }
        }
    }
}
