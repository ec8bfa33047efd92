package io.offramp.app;

import io.offramp.app.sessions.SessionLines;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the connections of a running proxy. */
@Command(
        name = "sessions",
        description =
                "Prints the open connections of a running proxy like ss -ti: where records are protected, and why.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no proxy answers there", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp sessions",
            "  offramp sessions --admin 127.0.0.1:9091 --watch",
            "  offramp sessions --admin unix:/run/offramp/admin.sock --token-file admin.token"
        })
final class SessionsCommand implements Callable<Integer> {
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "SECONDS",
            fallbackValue = "2",
            description = "print again every SECONDS until Ctrl-C; default: ${FALLBACK-VALUE}")
    private @Nullable Double watchSeconds;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        if (watchSeconds != null && !(watchSeconds >= 0.01)) {
            throw CommandFailure.badConfig(
                    List.of("--watch: expected a number of seconds from 0.01 on, is " + watchSeconds));
        }
        PrintWriter out = spec.commandLine().getOut();
        AdminClient client = admin.client();
        print(client, out);
        while (watchSeconds != null) {
            // A latch that is never counted down: Ctrl-C ends the process.
            new CountDownLatch(1).await((long) (watchSeconds * 1e9), TimeUnit.NANOSECONDS);
            out.print(CLEAR_SCREEN);
            print(client, out);
        }
        return ExitCode.OK;
    }

    private void print(AdminClient client, PrintWriter out) throws CommandFailure {
        admin.read(client, "/connections", "list of connections", page -> SessionLines.print(page, out));
        out.flush();
    }
}
