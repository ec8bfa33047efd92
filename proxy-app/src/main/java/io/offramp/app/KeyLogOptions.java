package io.offramp.app;

import io.offramp.offload.OffloadProvider;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.TlsConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
            description =
                    "allow tls.keylog, and a backend's capture, which write the secrets of all sessions to a file")
    private boolean unsafe;

    /**
     * A setting by which secrets get to a file.
     *
     * @param setting what it is, with its place in the configuration
     * @param file where they go
     */
    private record Leak(String setting, String file) {}

    /**
     * Refuses a configuration that writes secrets unless the command line allows it. If both agree, prints a warning.
     *
     * @throws CommandFailure naming each place
     */
    void check(ProxyConfig config, List<OffloadProvider> backends) throws CommandFailure {
        List<Leak> leaks = leaks(config, backends);
        if (unsafe && leaks.isEmpty()) {
            print("--unsafe-keylog is without effect: no listener has tls.keylog");
        } else if (unsafe) {
            leaks.forEach(this::warn);
        } else if (!leaks.isEmpty()) {
            throw CommandFailure.badConfig(problems(config, backends));
        }
    }

    /** A line for each place that the command line does not allow. */
    List<String> problems(ProxyConfig config, List<OffloadProvider> backends) {
        return unsafe
                ? List.of()
                : leaks(config, backends).stream()
                        .map(leak -> leak.setting + ": writes the secrets of all sessions to " + leak.file
                                + "; that needs --unsafe-keylog on the command line as well")
                        .toList();
    }

    private static List<Leak> leaks(ProxyConfig config, List<OffloadProvider> backends) {
        List<Leak> leaks = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            TlsConfig tls = listener.tls();
            Path file = tls == null ? null : tls.keylog();
            if (file != null) {
                leaks.add(new Leak(listener.name() + ": tls.keylog", file.toString()));
            }
        }
        for (OffloadProvider backend : backends) {
            Map<String, String> settings = config.backends().getOrDefault(backend.name(), Map.of());
            for (String unsafeSetting : backend.unsafeSettings()) {
                String file = settings.get(unsafeSetting);
                if (file != null) {
                    leaks.add(new Leak("offload." + backend.name() + "." + unsafeSetting, file));
                }
            }
        }
        return leaks;
    }

    /** Prints a line at any log level. */
    private void warn(Leak leak) {
        print("WARNING: " + leak.setting.replace(": tls.keylog", "") + ": secrets of all sessions are written to "
                + leak.file + ": its readers can decrypt the traffic");
    }

    private void print(String line) {
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
