package io.offramp.app;

import io.offramp.proxy.config.ConfigSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the schema of the configuration. */
@Command(
        name = "schema",
        description =
                "Prints the JSON Schema of the configuration, for editors: completion, help, errors while typing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExample:%n",
        footer = "  offramp schema > offramp.schema.json")
final class SchemaCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws CommandFailure {
        spec.commandLine().getOut().print(ConfigSchema.of(Installation.current().backends()));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
