package io.offramp.app;

import io.offramp.offload.FileFailure;
import io.offramp.proxy.handover.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a running proxy start another, which takes its place. */
@Command(
        name = "upgrade",
        description = {
            "Has a running proxy start a new process, with the files that are installed now. That takes the listening "
                    + "sockets and ticket keys, starts, and serves; then the old one drains and ends. If the new one "
                    + "does not start, the old one goes on. Ends when that is done.",
            "The configuration names the upgrade-socket of the running proxy. Its user and root may do this."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the new process serves, and the old one has ended (with --no-wait: drains)",
            "1:failed: the old process serves; or none does",
            "2:wrong configuration, and nothing was started; or wrong usage"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  offramp upgrade", "  offramp upgrade /etc/offramp/offramp.yaml"})
final class UpgradeCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "the configuration that the proxy runs; default: config/offramp.yaml of this installation")
    private @Nullable Path file;

    @Option(
            names = "--socket",
            paramLabel = "SOCKET",
            description = "the upgrade-socket of the running proxy; default: that of the configuration")
    private @Nullable Path given;

    @Option(names = "--no-wait", description = "end when the new process serves, while the old one drains")
    private boolean noWait;

    @Override
    public Integer call() throws CommandFailure {
        Path socket = given == null ? configured() : given;
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return upgrade(channel, socket);
        } catch (ConnectException e) {
            throw CommandFailure.atRunTime(
                    "no proxy listens on " + socket + ": is it running, with this upgrade-socket?");
        } catch (IOException e) {
            throw CommandFailure.atRunTime("no upgrade by " + socket + ": " + FileFailure.reason(e));
        }
    }

    /** As the configuration says, in the environment of this command. */
    private Path configured() throws CommandFailure {
        Installation installation = Installation.current();
        Path config = file == null ? installation.defaultConfig() : file;
        Path socket = ConfigFiles.load(installation, config).config().upgradeSocket();
        if (socket == null) {
            throw CommandFailure.badConfig(List.of(config + ": upgrade-socket is missing: where the running proxy "
                    + "listens, such as /run/offramp/upgrade.sock; it takes effect at the next restart"));
        }
        return socket;
    }

    private int upgrade(SocketChannel running, Path socket) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        BufferedReader lines = LastWord.call(running, Protocol.UPGRADE);
        String last = "";
        String first = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            first = last.isEmpty() ? line : first;
            last = line;
            out.println(line);
            out.flush();
            if (noWait && line.contains(Protocol.SERVES)) {
                return ExitCode.OK;
            }
        }
        if (!last.startsWith(Protocol.DONE) && !last.startsWith(Protocol.FAILED)) {
            last = LastWord.of(socket, first);
            out.println(last);
            out.flush();
        }
        return last.startsWith(Protocol.DONE) ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
