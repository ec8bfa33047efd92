package io.offramp.app;

import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Writing secrets to a file takes two consents: the configuration's, which may have been copied, and the one on the
 * command line.
 */
final class KeyLogOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--unsafe-keylog",
            description = "allow tls.keylog, which writes the secrets of all sessions to a file")
    private boolean unsafe;

    /**
     * Refuses a configuration with a key log unless the command line allows it. If both agree, prints a warning.
     *
     * @throws CommandFailure naming each listener
     */
    void check(ProxyConfig config) throws CommandFailure {
        List<ListenerConfig> logged = config.listeners().stream()
                .filter(listener -> listener.tls().keylog() != null)
                .toList();
        if (unsafe && logged.isEmpty()) {
            print("--unsafe-keylog is without effect: no listener has tls.keylog");
        } else if (unsafe) {
            logged.forEach(this::warn);
        } else if (!logged.isEmpty()) {
            throw CommandFailure.badConfig(logged.stream()
                    .map(listener -> listener.name() + ": tls.keylog: writes the secrets of all sessions to "
                            + listener.tls().keylog() + "; that needs --unsafe-keylog on the command line as well")
                    .toList());
        }
    }

    /** Prints a line at any log level. */
    private void warn(ListenerConfig listener) {
        print("WARNING: " + listener.name() + ": secrets of all sessions are written to "
                + listener.tls().keylog() + ": its readers can decrypt the traffic");
    }

    private void print(String line) {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
