package io.offramp.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

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
final class DeviceStatsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Override
    public Integer call() throws CommandFailure {
        admin.print("/device/stats", "counters", spec.commandLine().getOut());
        return ExitCode.OK;
    }
}
