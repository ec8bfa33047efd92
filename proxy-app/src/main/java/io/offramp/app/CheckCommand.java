package io.offramp.app;

import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.config.ProxyConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a configuration; starts nothing, writes nothing. */
@Command(
        name = "check",
        description = "Reports all errors in a configuration. Starts nothing, writes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:no errors", "2:errors; with --strict, warnings too"},
        footerHeading = "%nExamples:%n",
        footer = {"  offramp check config/offramp.yaml", "  offramp check --strict config/offramp.yaml"})
final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "the configuration, in YAML")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--strict", description = "take warnings for errors")
    private boolean strict;

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        ConfigResult.Loaded loaded = ConfigFiles.load(Installation.current(), file);
        ProxyConfig config = loaded.config();
        List<String> warnings = new ArrayList<>();
        loaded.warnings().forEach(warning -> warnings.add(warning.toString()));
        warnings.addAll(UnknownNames.of(config.upstreams().values()));
        if (strict && !warnings.isEmpty()) {
            warnings.add(count(warnings, "warning"));
            throw CommandFailure.badConfig(warnings);
        }
        warnings.forEach(line -> out.println("warning: " + line));
        String listeners = count(config.listeners(), "listener");
        String upstreams = count(config.upstreams().keySet(), "upstream");
        out.println(file + ": good, " + listeners + ", " + upstreams);
        return ExitCode.OK;
    }

    private static String count(Collection<?> things, String name) {
        return things.size() + " " + name + (things.size() == 1 ? "" : "s");
    }
}
