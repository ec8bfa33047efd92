package io.offramp.app;

import io.offramp.proxy.config.AdminAddress;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.AdminToken;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.BadCertificateException;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.net.ServerAddress;
import io.offramp.proxy.session.OffloadConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One listener without a file. */
@Command(
        name = "proxy",
        description = "Runs one listener, configured by options instead of a file.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped by SIGTERM or SIGINT", "1:failed at run time", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp proxy --from :8443 --to 127.0.0.1:8080 --cert site.pem",
            "  offramp proxy --from :8443 --to app1:80,app2:80 --cert site.pem --key key.pem",
            "  offramp proxy --from :8443 --to srv:_api._tcp.example.com --cert site.pem",
            "  offramp proxy --from :5433 --to db:5432 --cert site.pem --mode tcp --tx hw"
        })
final class ProxyCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyCommand.class);

    @Option(
            names = "--from",
            required = true,
            paramLabel = "HOST:PORT",
            converter = BindConverter.class,
            description = "where to listen; :8443 for all addresses")
    @SuppressWarnings("NullAway.Init")
    private HostPort from;

    @Option(
            names = "--to",
            required = true,
            split = ",",
            paramLabel = "HOST:PORT|unix:FILE|srv:NAME",
            converter = ServerConverter.class,
            description = "where to connect to; several are used in turn; srv: for all that DNS lists (SRV)")
    private List<ServerAddress> to = List.of();

    @Option(
            names = "--cert",
            required = true,
            paramLabel = "FILE",
            description = "PEM file with the certificate chain, and with the key unless --key is given")
    @SuppressWarnings("NullAway.Init")
    private Path cert;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM file with the private key")
    private @Nullable Path key;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "http",
            description = "protocol inside TLS: http or tcp; default: ${DEFAULT-VALUE}")
    private ListenerConfig.Mode mode = ListenerConfig.Mode.HTTP;

    @Mixin
    private OffloadOptions offload = new OffloadOptions();

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT|unix:FILE",
            converter = AdminBindConverter.class,
            description = "where to serve /metrics, /healthz and /connections; default: nowhere")
    private @Nullable AdminAddress admin;

    @Option(
            names = "--admin-token-file",
            paramLabel = "FILE",
            description = "file with the token that admin requests must carry, except for /healthz; default: none")
    private @Nullable Path adminTokenFile;

    @Option(names = "--threads", paramLabel = "N", description = "event loops; default: one per processor")
    private int threads;

    @Option(
            names = "--keylog",
            paramLabel = "FILE",
            description = "write the secrets of all sessions to this file; needs --unsafe-keylog as well")
    private @Nullable Path keylogFile;

    @Mixin
    private KeyLogOptions keyLog = new KeyLogOptions();

    @Override
    public Integer call() throws CommandFailure {
        try (Signals signals = Signals.hold()) {
            EnoughFiles.require();
            Installation installation = Installation.current();
            ProxyConfig config = config(installation);
            keyLog.check(config, installation.backends());
            Serving.start(config, installation).untilSignal(signals);
            return ExitCode.OK;
        }
    }

    private ProxyConfig config(Installation installation) throws CommandFailure {
        if (threads < 0) {
            throw CommandFailure.badConfig(List.of("--threads: expected a number from 1 on, is " + threads));
        }
        String software = OffloadConfig.SOFTWARE.backend();
        OffloadConfig modes = offload.resolve(software, installation.backends());
        return new SingleListener(
                        from,
                        mode,
                        certificate(),
                        modes,
                        offload.settings(modes, installation.backends()),
                        to,
                        admin(),
                        true,
                        threads,
                        keylogFile)
                .config();
    }

    private @Nullable AdminConfig admin() throws CommandFailure {
        if (admin == null) {
            return null;
        }
        try {
            if (adminTokenFile != null) {
                AdminToken.read(adminTokenFile);
            }
        } catch (IOException e) {
            throw CommandFailure.badConfig(List.of("--admin-token-file: " + e.getMessage()));
        }
        AdminConfig config = new AdminConfig(admin, Set.of(), adminTokenFile);
        if (config.warning() != null) {
            LOG.warn("--admin: {}", config.warning());
        }
        return config;
    }

    private CertificateFiles certificate() throws CommandFailure {
        CertificateFiles certificate = CertificateFiles.of(cert, key == null ? cert : key);
        try {
            ServerIdentity.load(certificate.cert(), certificate.key());
            return certificate;
        } catch (BadCertificateException e) {
            throw CommandFailure.badConfig(List.of("--cert: " + e.getMessage()));
        }
    }
}
