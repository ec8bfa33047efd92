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
 * That secrets may be written to a file takes two: the configuration, which may have been copied, and whoever starts
 * the proxy.
 */
final class KeyLogOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--unsafe-keylog",
            description = "allow tls.keylog, which writes the secrets of all sessions to a file")
    private boolean unsafe;

    /**
     * Refuses a configuration that asks for a key log where the command line does not, and says so where both do.
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

    /** Whatever the log's level is. */
    private void warn(ListenerConfig listener) {
        print("WARNING: " + listener.name() + ": secrets of all sessions are written to "
                + listener.tls().keylog() + ": whoever reads it reads the traffic");
    }

    private void print(String line) {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
