package io.offramp.app;

import io.offramp.offload.Availability;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordOffload;
import io.offramp.proxy.sandbox.Sandbox;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints versions and backends, for bug reports. */
@Command(
        name = "version",
        description = "Prints the versions of Offramp, JVM and system, and the backends that work on this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  offramp version", "  offramp version --settings"})
final class VersionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--settings",
            description = "with the settings of each backend, for offload.NAME of a configuration")
    private boolean settings;

    @Override
    public Integer call() throws CommandFailure {
        Installation installation = Installation.current();
        PrintWriter out = spec.commandLine().getOut();
        out.println("offramp " + Version.text());
        out.printf("java %s (%s)%n", Runtime.version(), System.getProperty("java.vm.name"));
        out.printf("on %s %s%n", System.getProperty("os.name"), System.getProperty("os.arch"));
        String unavailable = Sandbox.unavailable();
        out.println("sandbox " + (unavailable == null ? Sandbox.describe() : "unavailable: " + unavailable));
        installation.backends().forEach(backend -> {
            out.println("backend " + describe(backend));
            if (settings) {
                describeSettings(backend.settings(), out);
            }
        });
        return ExitCode.OK;
    }

    private static void describeSettings(Map<String, String> settings, PrintWriter out) {
        int width = settings.keySet().stream().mapToInt(String::length).max().orElse(0);
        settings.forEach((name, help) -> out.println("  " + name + " ".repeat(width - name.length()) + "  " + help));
    }

    private static String describe(OffloadProvider provider) {
        try (RecordOffload backend = provider.open(Map.of())) {
            String state = backend.availability() instanceof Availability.Unavailable(String cause)
                    ? "unavailable: " + cause
                    : backend.description();
            return provider.name() + ": " + state;
        }
    }
}
