package io.offramp.app;

import io.offramp.app.train.Training;
import io.offramp.offload.FileFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the cache that demo, run and proxy start from. */
@Command(
        name = "train",
        description = "Makes demo, run and proxy start faster: runs a proxy under load on loopback and saves the "
                + "classes that its JVM loaded. Every build does this. A distribution on another machine or with "
                + "another JVM needs it once.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the cache was made", "1:it could not be made"},
        footerHeading = "%nExample:%n",
        footer = "  offramp train")
final class TrainCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "1",
            description = "least duration of the load; default: ${DEFAULT-VALUE}")
    private int seconds;

    @Override
    public Integer call() throws CommandFailure {
        // The start script passes the cache to the JVM, so it names the file.
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
            throw CommandFailure.atRunTime("train: " + FileFailure.reason(e) + advice(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.atRunTime("train: interrupted");
        }
    }

    private static String advice(IOException failure) {
        return failure instanceof FileSystemException ? "; train as the owner of the installation" : "";
    }
}
