package io.offramp.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Commands about the device, a group. */
@Command(
        name = "device",
        description = "Looks into the device, the model of a NIC, and changes its settings.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            DeviceStatsCommand.class,
            DeviceHealthCommand.class,
            DeviceSetCommand.class,
            DeviceTraceCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed at run time: no proxy answers", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp device stats                all counters, as ethtool -S prints them",
            "  offramp device health               the state of each queue, its errors and recoveries",
            "  offramp device set rqs=4            another number of receive queues, with all connections alive",
            "  offramp device trace nic.pcapng     what has crossed it, packet by packet"
        })
final class DeviceCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        String commands = String.join(", ", spec.subcommands().keySet());
        throw new ParameterException(spec.commandLine(), "which command? " + commands);
    }
}
