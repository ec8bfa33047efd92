package io.offramp.app;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadRules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A proxy with its own certificate, upstream and device; needs no preparation. */
@Command(
        name = "demo",
        description = "Serves HTTPS on this machine, with its own certificate, upstream and device.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped by SIGTERM or SIGINT", "1:failed at run time", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp demo",
            "  offramp demo --tx hw --rx sw --access-log",
            "  offramp demo --hw-record",
            "  offramp demo --tx hw --rx hw --set faults=loss=1%%,reorder=1%%",
            "  offramp demo --backend ktls --tx hw --rx hw --self-test",
            "  offramp demo --port 9443 --admin-port 9091 --backend sw"
        })
final class DemoCommand implements Callable<Integer> {
    private static final String LOOPBACK = "127.0.0.1";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8443",
            description = "HTTPS port; default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "9090",
            description = "port of /metrics and /connections; default: ${DEFAULT-VALUE}")
    private int adminPort;

    @Option(names = "--files", paramLabel = "DIR", description = "serve the files of this directory under /files/")
    private @Nullable Path files;

    @Option(names = "--access-log", description = "write a line for each request, with its offload modes")
    private boolean accessLog;

    @Option(
            names = "--self-test",
            description =
                    "fetch through the proxy, compare, print where records were protected, and end; 1 if not as asked")
    private boolean selfTest;

    @Mixin
    private OffloadOptions offload = new OffloadOptions();

    @Option(
            names = "--keylog",
            paramLabel = "FILE",
            description = "write the secrets of all sessions to this file; needs --unsafe-keylog as well")
    private @Nullable Path keylogFile;

    @Mixin
    private KeyLogOptions keyLog = new KeyLogOptions();

    @Override
    public Integer call() throws CommandFailure {
        EnoughFiles.require();
        Installation installation = Installation.current();
        Path certificate = RunCommand.developmentCertificate(installation);
        OffloadConfig modes = offload.resolve(OffloadRules.DEFAULT_BACKEND, installation.backends());
        try (DemoUpstream upstream = DemoUpstream.start(0, files)) {
            ProxyConfig config = config(installation, certificate, upstream, modes);
            keyLog.check(config, installation.backends());
            Serving serving = Serving.start(config, installation);
            if (selfTest) {
                return test(serving.server(), modes, certificate, upstream);
            }
            printHelp(serving.server(), certificate);
            serving.untilSignal(Signals.hold());
        } catch (IOException e) {
            throw CommandFailure.atRunTime(String.valueOf(e.getMessage()));
        }
        return ExitCode.OK;
    }

    private int test(ProxyServer server, OffloadConfig modes, Path certificate, DemoUpstream upstream)
            throws CommandFailure {
        try (server) {
            boolean passed = new SelfTest(server, modes, spec.commandLine().getOut()).run(certificate, upstream.port());
            return passed ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private ProxyConfig config(Installation installation, Path file, DemoUpstream upstream, OffloadConfig modes)
            throws CommandFailure {
        return new SingleListener(
                        new HostPort(LOOPBACK, port),
                        ListenerConfig.Mode.HTTP,
                        CertificateFiles.of(file, file),
                        modes,
                        offload.settings(modes, installation.backends()),
                        List.of(new HostPort(LOOPBACK, upstream.port())),
                        AdminConfig.of(new HostPort(LOOPBACK, adminPort)),
                        accessLog,
                        0,
                        keylogFile)
                .config();
    }

    private void printHelp(ProxyServer server, Path certificate) {
        ProxyServer.Listening listening = server.listeners().getFirst();
        String url = "https://localhost:" + listening.address().getPort();
        String admin = "http://localhost:" + server.adminPort();
        PrintWriter out = spec.commandLine().getOut();
        out.println("""

                Offramp demo at %1$s/
                  records sent (TX):     %2$s
                  records received (RX): %3$s
                  certificate:           %4$s (for development only; curl needs -k or --cacert)

                Try in another terminal:
                  curl -k %1$s/
                  curl -k --tlsv1.2 --tls-max 1.2 %1$s/bytes/104857600 | sha256sum
                  wrk -t1 -c64 -d10s %1$s/bytes/1024

                Where each connection's records are protected, and the totals:
                  curl -s %5$s/sessions
                  curl -s %5$s/metrics | grep tls

                Ctrl-C stops it.
                """.formatted(
                        url, listening.plan().describeTx(), listening.plan().describeRx(), certificate, admin));
        out.flush();
    }
}
