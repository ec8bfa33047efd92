package io.offramp.app;

import io.offramp.app.sessions.SessionLines;
import io.offramp.proxy.admin.ConnectionFilter;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

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
            "  offramp sessions --listener web --mode hw",
            "  offramp sessions --json | jq '.[].peer'",
            "  offramp sessions --admin unix:/run/offramp/admin.sock --token-file admin.token"
        })
final class SessionsCommand extends AdminCommand {
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "SECONDS",
            fallbackValue = "2",
            description = "print again every SECONDS until Ctrl-C; default: ${FALLBACK-VALUE}")
    private @Nullable Double watchSeconds;

    @Option(names = "--json", description = "print what the proxy gives: a JSON array, one connection per line")
    private boolean json;

    @Option(names = "--listener", paramLabel = "NAME", description = "only those of this listener")
    private @Nullable String listener;

    @Option(names = "--client", paramLabel = "ADDRESSES", description = "only those from 192.0.2.7 or 10.0.0.0/8")
    private @Nullable String client;

    @Option(names = "--mode", paramLabel = "MODE", description = "only those with a direction in sw, hw or hw-record")
    private @Nullable String mode;

    @Option(names = "--backend", paramLabel = "NAME", description = "only those with a direction at this backend")
    private @Nullable String backend;

    @Option(
            names = "--upstream",
            paramLabel = "NAME",
            description = "only those whose last request went by TLS to this upstream")
    private @Nullable String upstream;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        if (watchSeconds != null && !(watchSeconds >= 0.01)) {
            throw CommandFailure.badConfig(
                    List.of("--watch: expected a number of seconds from 0.01 on, is " + watchSeconds));
        }
        if (mode != null && !ConnectionFilter.MODES.contains(mode)) {
            String modes = String.join(", ", ConnectionFilter.MODES);
            throw wrongUsage("--mode: expected one of " + modes + ", is " + mode);
        }
        PrintWriter out = out();
        AdminClient proxy = admin().client();
        print(proxy, out);
        while (watchSeconds != null && !System.out.checkError()) {
            // A latch that is never counted down: Ctrl-C ends the process, or a pipe without a reader.
            new CountDownLatch(1).await((long) (watchSeconds * 1e9), TimeUnit.NANOSECONDS);
            out.print(json ? "" : CLEAR_SCREEN);
            print(proxy, out);
        }
        return ExitCode.OK;
    }

    private void print(AdminClient proxy, PrintWriter out) throws CommandFailure {
        AdminOptions.Reader reader = json ? AdminOptions.into(out) : page -> SessionLines.print(page, out);
        admin().read(proxy, "/connections" + query(), "list of connections", reader);
        out.flush();
    }

    private String query() {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        add(query, "listener", listener);
        add(query, "client", client);
        add(query, "mode", mode);
        add(query, "backend", backend);
        add(query, "upstream", upstream);
        return query.toString();
    }

    private static void add(StringJoiner query, String name, @Nullable String value) {
        if (value != null) {
            query.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
