package io.offramp.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the health of the device's queues. */
@Command(
        name = "health",
        description = "Prints the health of each queue of the device in a running proxy, as devlink health does.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no proxy answers there, or it has no device", "2:wrong usage"},
        footerHeading = "%nExample:%n",
        footer = "  offramp device health --admin 127.0.0.1:9091")
final class DeviceHealthCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Override
    public Integer call() throws CommandFailure {
        admin.print("/device/health", "report", spec.commandLine().getOut());
        return ExitCode.OK;
    }
}
