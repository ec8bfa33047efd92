package io.offramp.app;

import io.offramp.app.sessions.ServerLines;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** Shows the servers of a running proxy, and drains them. */
@Command(
        name = "upstreams",
        description = "Prints the servers of a running proxy: their states and loads. Drains a server, or readies it.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no proxy answers there, or it has no such server", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp upstreams",
            "  offramp upstreams --drain api/127.0.0.1:8081     no new requests; those under way end",
            "  offramp upstreams --ready api/127.0.0.1:8081     requests again"
        })
final class UpstreamsCommand extends AdminCommand {
    @ArgGroup
    private @Nullable Change change;

    /** One of both. */
    static final class Change {
        @Option(names = "--drain", paramLabel = "UPSTREAM/SERVER", description = "give this server no new requests")
        private @Nullable String drain;

        @Option(names = "--ready", paramLabel = "UPSTREAM/SERVER", description = "give it requests again")
        private @Nullable String ready;
    }

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = out();
        AdminClient client = admin().client();
        if (change != null && change.drain != null) {
            post(client, "/upstreams/drain", change.drain, out);
        } else if (change != null && change.ready != null) {
            post(client, "/upstreams/ready", change.ready, out);
        } else {
            admin().read(client, "/upstreams", "list of upstreams", page -> ServerLines.print(page, out));
        }
        out.flush();
        return ExitCode.OK;
    }

    private void post(AdminClient client, String path, String which, PrintWriter out) throws CommandFailure {
        int slash = which.indexOf('/');
        if (slash < 0) {
            throw wrongUsage("expected UPSTREAM/SERVER such as api/127.0.0.1:8081, is " + which);
        }
        String target = path + "?upstream=" + encoded(which.substring(0, slash)) + "&server="
                + encoded(which.substring(slash + 1));
        admin().post(client, target, "server " + which, AdminOptions.into(out));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
