package io.offramp.app;

import io.offramp.app.sessions.CertificateLines;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows the certificates of a running proxy. */
@Command(
        name = "certificates",
        description = "Prints the certificates that a running proxy uses: listener, names, end, chain.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:no proxy answers there", "2:wrong usage"},
        footerHeading = "%nExample:%n",
        footer = "  offramp certificates --admin 127.0.0.1:9091")
final class CertificatesCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Override
    public Integer call() throws CommandFailure {
        admin.read(
                admin.client(),
                "/certificates",
                "list of certificates",
                page -> CertificateLines.print(
                        page, Instant.now(), spec.commandLine().getOut()));
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
