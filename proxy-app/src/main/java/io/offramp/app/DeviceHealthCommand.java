package io.offramp.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

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
final class DeviceHealthCommand extends AdminCommand {
    @Override
    public Integer call() throws CommandFailure {
        admin().print("/device/health", "report", out());
        return ExitCode.OK;
    }
}
