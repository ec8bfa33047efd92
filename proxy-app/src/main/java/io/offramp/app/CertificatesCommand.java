package io.offramp.app;

import io.offramp.app.sessions.CertificateLines;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

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
final class CertificatesCommand extends AdminCommand {
    @Override
    public Integer call() throws CommandFailure {
        admin().read(
                        admin().client(),
                        "/certificates",
                        "list of certificates",
                        page -> CertificateLines.print(page, Instant.now(), out()));
        out().flush();
        return ExitCode.OK;
    }
}
