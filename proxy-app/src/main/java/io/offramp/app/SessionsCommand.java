package io.offramp.app;

import io.offramp.app.sessions.SessionLines;
import io.offramp.proxy.config.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the connections of a running proxy. */
@Command(
        name = "sessions",
        description = "Prints the open connections of a running proxy as ss -ti does: where the records of each are protected, and why.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no proxy answers there", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {"  offramp sessions", "  offramp sessions --admin 127.0.0.1:9091 --watch"})
final class SessionsCommand implements Callable<Integer> {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9090",
            converter = ServerConverter.class,
            description = "admin address of the proxy; ${DEFAULT-VALUE} if left out")
    private @Nullable HostPort admin;

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "SECONDS",
            fallbackValue = "2",
            description = "print again every ${FALLBACK-VALUE} seconds, or as many as are said, until Ctrl-C")
    private @Nullable Double watchSeconds;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        if (watchSeconds != null && !(watchSeconds >= 0.01)) {
            throw CommandFailure.badConfig(List.of("--watch: expected a number of seconds from 0.01 on, is " + watchSeconds));
        }
        PrintWriter out = spec.commandLine().getOut();
        try (HttpClient client = HttpClient.newHttpClient()) {
            print(client, out);
            while (watchSeconds != null) {
                // Nothing counts it down: Ctrl-C ends the process.
                new CountDownLatch(1).await((long) (watchSeconds * 1e9), TimeUnit.NANOSECONDS);
                out.print(CLEAR_SCREEN);
                print(client, out);
            }
        }
        return ExitCode.OK;
    }

    private void print(HttpClient client, PrintWriter out) throws CommandFailure, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin + "/connections"))
                .timeout(ANSWER_LIMIT)
                .build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw CommandFailure.atRunTime(admin + " is not the admin address of a proxy: /connections says "
                            + response.statusCode());
                }
                SessionLines.print(body, out);
            }
        } catch (ConnectException e) {
            throw CommandFailure.atRunTime("nobody listens on " + admin
                    + ": is the proxy running, with admin.bind or --admin, and there?");
        } catch (IOException e) {
            throw CommandFailure.atRunTime("no list of connections from " + admin + ": " + e.getMessage());
        }
        out.flush();
    }
}
