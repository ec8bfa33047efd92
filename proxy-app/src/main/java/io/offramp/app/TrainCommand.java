package io.offramp.app;

import io.offramp.app.train.Training;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the cache that demo, run and proxy start from. */
@Command(
        name = "train",
        description =
                "Makes demo, run and proxy start faster: runs a proxy under load, on loopback, and keeps the classes that "
                        + "its JVM has loaded. Every build does it; a distribution that was copied to another machine, or has got "
                        + "another JVM, needs it once.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the cache is there", "1:it could not be made"},
        footerHeading = "%nExample:%n",
        footer = "  offramp train")
final class TrainCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "1",
            description = "of load, at least; ${DEFAULT-VALUE} if left out")
    private int seconds;

    @Override
    public Integer call() throws CommandFailure {
        // The start script names it, for that is who hands it to the JVM.
        String cache = System.getProperty("offramp.cache");
        if (cache == null) {
            throw CommandFailure.atRunTime("train: started without the start script");
        }
        try {
            Training.Outcome outcome = Training.run(Path.of(cache), Duration.ofSeconds(seconds));
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "offramp: trained by %,d connections and %,d requests: %s, %d MiB%n",
                    outcome.connections(), outcome.requests(), cache, outcome.bytes() >> 20);
            out.flush();
            return ExitCode.OK;
        } catch (IOException e) {
            throw CommandFailure.atRunTime("train: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.atRunTime("train: interrupted");
        }
    }
}
