package io.offramp.app;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** Has a running proxy read its configuration again. */
@Command(
        name = "reload",
        description = {
            "Has a running proxy read its configuration again, with all files that it names. If anything is wrong, "
                    + "the configuration stays as it was, and all errors are printed."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the configuration is in use",
            "1:no proxy answers there",
            "2:something was refused, and the configuration is as it was; or wrong usage",
            "3:the configuration is in use, but files were refused that are read again by themselves"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  offramp reload --dry-run          print what would change", "  offramp reload"})
final class ReloadCommand extends AdminCommand {
    private static final int IN_PART = 3;

    @Option(names = "--dry-run", description = "print what would change, and change nothing")
    private boolean dryRun;

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = out();
        AdminOptions.Taken taken = admin().command(admin().client(), dryRun ? "/reload?dry-run" : "/reload", out);
        out.flush();
        return switch (taken) {
            case WHOLE -> ExitCode.OK;
            case REFUSED -> ExitCode.USAGE;
            case IN_PART -> IN_PART;
        };
    }
}
