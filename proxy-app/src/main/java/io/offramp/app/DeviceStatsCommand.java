package io.offramp.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** Prints the device's counters. */
@Command(
        name = "stats",
        description = "Prints the counters of the device in a running proxy, as ethtool -S does.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no proxy answers there, or it has no device", "2:wrong usage"},
        footerHeading = "%nExample:%n",
        footer = "  offramp device stats --admin 127.0.0.1:9091 | grep tls")
final class DeviceStatsCommand extends AdminCommand {
    @Override
    public Integer call() throws CommandFailure {
        admin().print("/device/stats", "counters", out());
        return ExitCode.OK;
    }
}
